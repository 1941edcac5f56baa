//! What the order service must know of a plan and its prices.

use contract::film::SeatFact;

use super::Refusal;
use super::prices::PriceTable;
use super::seating_plan::Plan;

/// Categories, seats and prices that refer to each other by position.
#[derive(Debug, Clone, PartialEq)]
pub struct Sellable {
    /// Names of the categories that have a seat for sale.
    pub categories: Vec<String>,
    /// The seats for sale, in the plan's order.
    pub seats: Vec<SeatFact>,
    /// For each category in order: adult, child, student, senior.
    pub prices: Vec<i64>,
}

/// What of a plan can be sold, at these prices.
///
/// # Errors
/// `PRICES_MISSING` where a category has none, which planning a screening rules out.
pub fn sellable(plan: &Plan, prices: &PriceTable) -> Result<Sellable, Refusal> {
    let used = plan.categories_for_sale();
    let mut categories = Vec::with_capacity(used.len());
    let mut amounts = Vec::new();
    for category in &used {
        let name = plan.categories[*category].name.clone();
        let row = prices.of(&name).ok_or_else(|| Refusal::PricesMissing { category: name.clone() })?;
        amounts.extend(row);
        categories.push(name);
    }
    let new_position = positions(plan);
    let seats = plan.seats.iter().filter(|seat| seat.for_sale()).map(|seat| SeatFact {
        seat: seat.seat.clone(),
        category: small(used.iter().position(|category| *category == seat.category).unwrap_or_default()),
        kind: seat.kind.into(),
        partner: seat.partner.map_or(0, |partner| small(new_position[partner] + 1)),
    });
    Ok(Sellable { categories, seats: seats.collect(), prices: amounts })
}

/// Where each seat of the plan is when those never sold are left out.
fn positions(plan: &Plan) -> Vec<usize> {
    let mut next = 0;
    let position = |for_sale: bool| {
        let position = next;
        next += usize::from(for_sale);
        position
    };
    plan.seats.iter().map(|seat| seat.for_sale()).map(position).collect()
}

/// Plans have at most 10,000 seats and 200 categories.
fn small(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use contract::film::{Price, SeatKind, TicketType};
    use proptest::prelude::*;

    use super::super::seating_plan::{drawing, pretix};
    use super::*;

    fn plan(text: &str) -> Plan {
        pretix::import(&drawing::to_pretix(text).unwrap().to_string()).unwrap()
    }

    fn prices(of: &[(&str, i64)]) -> PriceTable {
        let adult = i32::from(TicketType::Adult);
        let prices: Vec<_> = of
            .iter()
            .map(|(category, amount)| Price {
                category: (*category).to_owned(),
                ticket_type: adult,
                amount: *amount,
            })
            .collect();
        PriceTable::new(&prices).unwrap()
    }

    #[test]
    fn blocked_seats_and_their_categories_are_left_out() {
        let plan = plan("@category b Bench\n@category s Stalls\n@category p Premium\nA: ##p\nB: s(ss)(pp)");
        let sold = sellable(&plan, &prices(&[("Stalls", 900), ("Premium", 1500)])).unwrap();
        assert_eq!(sold.categories, ["Stalls", "Premium"]);
        assert_eq!(sold.prices, [900, 900, 900, 900, 1500, 1500, 1500, 1500]);
        let seats: Vec<_> =
            sold.seats.iter().map(|seat| (seat.seat.as_str(), seat.category, seat.partner)).collect();
        let expected = [("A3", 1, 0), ("B1", 0, 0), ("B2", 0, 4), ("B3", 0, 3), ("B4", 1, 6), ("B5", 1, 5)];
        assert_eq!(seats, expected);
    }

    #[test]
    fn seats_without_a_price_are_refused() {
        let plan = plan("@category s Stalls\n@category p Premium\nA: sp");
        let refused = sellable(&plan, &prices(&[("Stalls", 900)])).unwrap_err();
        assert_eq!(refused, Refusal::PricesMissing { category: "Premium".to_owned() });
    }

    proptest! {
        #[test]
        fn halves_point_at_each_other(row in "[sp#]{0,9}(\\(ss\\)|\\(pp\\)|#|s){0,12}s") {
            let plan = plan(&format!("@category s Stalls\n@category p Premium\nA: {row}"));
            let sold = sellable(&plan, &prices(&[("Stalls", 1), ("Premium", 2)])).unwrap();
            prop_assert_eq!(sold.seats.len(), plan.seats_for_sale());
            for (index, seat) in sold.seats.iter().enumerate() {
                prop_assert!(usize::try_from(seat.category).unwrap() < sold.categories.len());
                if seat.kind() == SeatKind::CoupleHalf {
                    let partner = usize::try_from(seat.partner - 1).unwrap();
                    prop_assert!(partner.abs_diff(index) == 1);
                    prop_assert_eq!(sold.seats[partner].partner, small(index + 1));
                } else {
                    prop_assert_eq!(seat.partner, 0);
                }
            }
        }
    }
}
