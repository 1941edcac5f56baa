//! A hall as people see it: every seat of the plan with its state.

use std::collections::HashSet;

use contract::film::{CategoryPrices, HallChange, Price, Seat, SeatChange, SeatState};
use contract::order::SeatStates;

use super::prices::{PriceTable, TICKET_TYPES};
use super::seating_plan::{Plan, PlanSeat};

/// Every seat of the plan, in its order. What is neither held nor sold is free,
/// unless the seat or the whole screening is not for sale.
#[must_use]
pub fn seats(plan: &Plan, taken: &SeatStates, cancelled: bool) -> Vec<Seat> {
    let held: HashSet<_> = taken.held.iter().map(String::as_str).collect();
    let sold: HashSet<_> = taken.sold.iter().map(String::as_str).collect();
    let state = |seat: &PlanSeat| match seat.seat.as_str() {
        name if sold.contains(name) => SeatState::Sold,
        name if held.contains(name) => SeatState::Held,
        _ if cancelled || !seat.for_sale() => SeatState::Unavailable,
        _ => SeatState::Free,
    };
    plan.seats.iter().map(|seat| shown(plan, seat, state(seat))).collect()
}

fn shown(plan: &Plan, seat: &PlanSeat, state: SeatState) -> Seat {
    Seat {
        seat: seat.seat.clone(),
        row: seat.row.clone(),
        number: seat.number.clone(),
        zone: seat.zone.clone(),
        category: plan.categories[seat.category].name.clone(),
        kind: seat.kind.into(),
        state: state.into(),
        x: seat.x,
        y: seat.y,
    }
}

/// How many of the seats are free.
#[must_use]
pub fn count_free(seats: &[Seat]) -> usize {
    seats.iter().filter(|seat| seat.state() == SeatState::Free).count()
}

/// Every category of the plan with what each ticket type pays; one that is never sold has no prices.
#[must_use]
pub fn categories(plan: &Plan, prices: &PriceTable) -> Vec<CategoryPrices> {
    let priced = |category: &str| {
        let row = prices.of(category).into_iter().flatten();
        let price =
            |(amount, who)| Price { category: category.to_owned(), ticket_type: i32::from(who), amount };
        row.zip(TICKET_TYPES).map(price).collect()
    };
    let categories = plan.categories.iter();
    categories
        .map(|category| CategoryPrices {
            category: category.name.clone(),
            color: category.color.clone(),
            prices: priced(&category.name),
        })
        .collect()
}

/// What the order service tells of seats, for those who watch the hall. A
/// snapshot names every seat that is not free, so those never sold as well.
#[must_use]
pub fn change(plan: &Plan, states: &SeatStates, cancelled: bool) -> HallChange {
    if states.snapshot {
        let seats = seats(plan, states, cancelled).into_iter();
        let seats = seats.filter(|seat| seat.state() != SeatState::Free);
        let seats = seats.map(|seat| SeatChange { seat: seat.seat, state: seat.state }).collect();
        return HallChange { sequence: states.sequence, snapshot: true, seats };
    }
    let freed = if cancelled { SeatState::Unavailable } else { SeatState::Free };
    let groups = [(&states.freed, freed), (&states.held, SeatState::Held), (&states.sold, SeatState::Sold)];
    let seats = groups.into_iter().flat_map(|(names, state)| {
        names.iter().map(move |seat| SeatChange { seat: seat.clone(), state: state.into() })
    });
    HallChange { sequence: states.sequence, snapshot: false, seats: seats.collect() }
}

#[cfg(test)]
mod tests {
    use super::super::seating_plan::{drawing, pretix};
    use super::*;

    fn plan() -> Plan {
        pretix::import(&drawing::to_pretix("@category s S\nA: ss#s").unwrap().to_string()).unwrap()
    }

    fn states(seats: &[Seat]) -> Vec<SeatState> {
        seats.iter().map(Seat::state).collect()
    }

    fn taken() -> SeatStates {
        SeatStates {
            sequence: 7,
            snapshot: true,
            held: vec!["A2".to_owned()],
            sold: vec!["A1".to_owned()],
            freed: vec![],
        }
    }

    #[test]
    fn a_seat_is_sold_held_free_or_never_for_sale() {
        use SeatState::{Free, Held, Sold, Unavailable};
        let shown = seats(&plan(), &taken(), false);
        assert_eq!(states(&shown), [Sold, Held, Unavailable, Free]);
        assert_eq!(count_free(&shown), 1);
        assert_eq!(states(&seats(&plan(), &taken(), true)), [Sold, Held, Unavailable, Unavailable]);
    }

    #[test]
    fn a_snapshot_names_all_that_is_not_free_and_a_change_only_what_changed() {
        let first = change(&plan(), &taken(), false);
        let names: Vec<_> = first.seats.iter().map(|seat| seat.seat.as_str()).collect();
        assert_eq!((first.sequence, first.snapshot, names), (7, true, vec!["A1", "A2", "A3"]));
        let freed = SeatStates { sequence: 8, freed: vec!["A2".to_owned()], ..SeatStates::default() };
        let next = change(&plan(), &freed, false);
        assert_eq!(next.seats, [SeatChange { seat: "A2".to_owned(), state: SeatState::Free.into() }]);
    }
}
