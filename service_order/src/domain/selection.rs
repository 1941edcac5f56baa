//! Which seats a buyer asked for, whether they are sold, and for how much.

use std::collections::HashMap;
use std::sync::Arc;

use contract::film::TicketType;
use thiserror::Error;

use super::facts::{Facts, SeatIndex};

/// Most seats in one order: as in the contract of `Buy`.
pub const MAX_SEATS_PER_ORDER: usize = 20;

/// One seat of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// The seat.
    pub index: SeatIndex,
    /// Position of its category.
    pub category: u16,
    /// Who it is for; never `Unspecified`.
    pub ticket_type: TicketType,
    /// Minor units.
    pub price: i64,
}

/// Seats that may be sold together, and their price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The seats, by ascending index, none twice.
    pub items: Vec<Item>,
    /// What all of them cost, minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: Arc<str>,
}

impl Selection {
    /// The seats' indexes, ascending.
    pub fn indexes(&self) -> impl ExactSizeIterator<Item = SeatIndex> + '_ {
        self.items.iter().map(|item| item.index)
    }
}

/// Why seats are not sold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BuyRefused {
    /// The screening will not take place.
    #[error("the screening was cancelled")]
    ScreeningCancelled,
    /// Too early.
    #[error("sales have not opened yet")]
    SalesNotOpen {
        /// When they do.
        opens_at: i64,
    },
    /// Too late.
    #[error("sales are closed")]
    SalesClosed {
        /// When they did.
        closed_at: i64,
    },
    /// Seats there are not in this hall.
    #[error("there is no seat {}", .0.join(", "))]
    SeatUnknown(Vec<String>),
    /// Seats named more than once.
    #[error("named more than once: {}", .0.join(", "))]
    SeatRepeated(Vec<String>),
    /// Seats that are never sold.
    #[error("not for sale: {}", .0.join(", "))]
    SeatNotForSale(Vec<String>),
    /// Halves of couple seats without the other half.
    #[error("sold only together with its other half: {}", .0.join(", "))]
    CoupleSeatSplit(Vec<String>),
    /// A field of the request that makes no sense.
    #[error("{field} {problem}")]
    FieldInvalid {
        /// The field.
        field: &'static str,
        /// What kind of fault it is, for programs.
        code: &'static str,
        /// What it is about: what stands there, or the limit; empty where the code says all.
        value: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl BuyRefused {
    fn field(
        field: &'static str,
        code: &'static str,
        value: &dyn std::fmt::Display,
        problem: impl Into<String>,
    ) -> Self {
        Self::FieldInvalid { field, code, value: value.to_string(), problem: problem.into() }
    }
}

/// Decides what a buyer gets: all the seats asked for, priced, or a refusal.
///
/// `ticket_types` says who each seat is for; a seat that is not named is for an adult.
///
/// # Errors
/// Why not; the screening's own state is told before anything about seats.
pub fn select(
    facts: &Facts,
    seats: &[String],
    ticket_types: &HashMap<String, i32>,
    now_ms: i64,
) -> Result<Selection, BuyRefused> {
    check_open(facts, now_ms)?;
    check_count(seats.len())?;
    let mut items = find(facts, seats, ticket_types)?;
    items.sort_unstable_by_key(|item| item.index);
    check_together(facts, &items)?;
    check_ticket_types(facts, &items, ticket_types)?;
    let amount = items.iter().try_fold(0_i64, |sum, item| sum.checked_add(item.price));
    let amount = amount
        .ok_or_else(|| BuyRefused::field("seats", "COST_TOO_MUCH", &"", "cost more than can be counted"))?;
    Ok(Selection { items, amount, currency: Arc::clone(&facts.currency) })
}

fn check_count(seats: usize) -> Result<(), BuyRefused> {
    let (code, limit) = match seats {
        0 => ("TOO_FEW", 1),
        1..=MAX_SEATS_PER_ORDER => return Ok(()),
        _ => ("TOO_MANY", MAX_SEATS_PER_ORDER),
    };
    let problem = format!("takes 1 to {MAX_SEATS_PER_ORDER} entries, not {seats}");
    Err(BuyRefused::field("seats", code, &limit, problem))
}

fn check_open(facts: &Facts, now_ms: i64) -> Result<(), BuyRefused> {
    if facts.cancelled {
        Err(BuyRefused::ScreeningCancelled)
    } else if now_ms < facts.sales_open_at {
        Err(BuyRefused::SalesNotOpen { opens_at: facts.sales_open_at })
    } else if now_ms >= facts.sales_close_at {
        Err(BuyRefused::SalesClosed { closed_at: facts.sales_close_at })
    } else {
        Ok(())
    }
}

fn find(
    facts: &Facts,
    seats: &[String],
    ticket_types: &HashMap<String, i32>,
) -> Result<Vec<Item>, BuyRefused> {
    let mut items = Vec::with_capacity(seats.len());
    let mut unknown = Vec::new();
    for name in seats {
        let ticket_type = ticket_type(name, ticket_types)?;
        let found = facts.index(name).and_then(|index| {
            let category = facts.seat(index)?.category;
            let price = facts.price(category, ticket_type)?;
            Some(Item { index, category, ticket_type, price })
        });
        match found {
            Some(item) => items.push(item),
            None => unknown.push(name.clone()),
        }
    }
    if unknown.is_empty() { Ok(items) } else { Err(BuyRefused::SeatUnknown(unknown)) }
}

fn ticket_type(name: &str, ticket_types: &HashMap<String, i32>) -> Result<TicketType, BuyRefused> {
    // Most orders name none, and then nothing is hashed.
    let Some(number) = (if ticket_types.is_empty() { None } else { ticket_types.get(name) }) else {
        return Ok(TicketType::Adult);
    };
    match TicketType::try_from(*number) {
        Ok(TicketType::Unspecified) => Ok(TicketType::Adult),
        Ok(ticket_type) => Ok(ticket_type),
        Err(_) => {
            let problem = format!("has no type {number} (seat {name})");
            Err(BuyRefused::field("ticket_types", "UNKNOWN_VALUE", number, problem))
        }
    }
}

/// `items` are sorted by index.
fn check_together(facts: &Facts, items: &[Item]) -> Result<(), BuyRefused> {
    let mut repeated = Vec::new();
    let mut not_for_sale = Vec::new();
    let mut split = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let Some(seat) = facts.seat(item.index) else { continue };
        if position > 0 && items[position - 1].index == item.index {
            repeated.push(seat.name.to_string());
        } else if !seat.for_sale() {
            not_for_sale.push(seat.name.to_string());
        } else if let Some(partner) = seat.partner
            && items.binary_search_by_key(&partner, |other| other.index).is_err()
        {
            split.push(seat.name.to_string());
        }
    }
    if !repeated.is_empty() {
        repeated.dedup();
        Err(BuyRefused::SeatRepeated(repeated))
    } else if !not_for_sale.is_empty() {
        Err(BuyRefused::SeatNotForSale(not_for_sale))
    } else if !split.is_empty() {
        Err(BuyRefused::CoupleSeatSplit(split))
    } else {
        Ok(())
    }
}

/// Every seat of `ticket_types` must be among the items, which are sorted by index.
fn check_ticket_types(
    facts: &Facts,
    items: &[Item],
    ticket_types: &HashMap<String, i32>,
) -> Result<(), BuyRefused> {
    let stray = ticket_types.keys().filter(|name| {
        facts.index(name).is_none_or(|index| items.binary_search_by_key(&index, |item| item.index).is_err())
    });
    // The least name, so that the same request always gets the same answer.
    stray.min().map_or(Ok(()), |name| {
        let problem = format!("names seat {name}, which is not in seats");
        Err(BuyRefused::field("ticket_types", "SEAT_NOT_CHOSEN", name, problem))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::facts::tests::proto;
    use super::*;

    const NOW: i64 = 5_000;

    fn facts() -> Facts {
        Facts::from_proto(proto()).unwrap()
    }

    fn names(seats: &[&str]) -> Vec<String> {
        seats.iter().map(|seat| (*seat).to_owned()).collect()
    }

    fn buy(seats: &[&str], types: &[(&str, TicketType)]) -> Result<Selection, BuyRefused> {
        let types = types.iter().map(|(seat, kind)| ((*seat).to_owned(), i32::from(*kind))).collect();
        select(&facts(), &names(seats), &types, NOW)
    }

    #[test]
    fn seats_are_sorted_and_priced() {
        let selection = buy(&["B3", "A2", "A1"], &[("A2", TicketType::Child)]).unwrap();
        assert_eq!(selection.indexes().collect::<Vec<_>>(), [0, 1, 9]);
        assert_eq!(selection.items.iter().map(|item| item.price).collect::<Vec<_>>(), [1200, 800, 1500]);
        assert_eq!((selection.amount, &*selection.currency), (3500, "EUR"));
        assert_eq!(selection.items[1].ticket_type, TicketType::Child);
    }

    #[test]
    fn what_cannot_be_sold_is_named() {
        assert_eq!(buy(&["A1", "A2", "A1"], &[]), Err(BuyRefused::SeatRepeated(names(&["A1"]))));
        assert_eq!(buy(&["A1", "A1", "A1"], &[]), Err(BuyRefused::SeatRepeated(names(&["A1"]))));
        assert_eq!(buy(&["Z9", "A1", "Y1"], &[]), Err(BuyRefused::SeatUnknown(names(&["Z9", "Y1"]))));
        assert_eq!(buy(&["A7", "A1"], &[]), Err(BuyRefused::SeatNotForSale(names(&["A7"]))));
        assert_eq!(buy(&["A1", "B2"], &[]), Err(BuyRefused::CoupleSeatSplit(names(&["B2"]))));
        assert!(buy(&["B2", "B1"], &[]).is_ok());
    }

    #[test]
    fn fields_that_make_no_sense_are_named() {
        let field = |result: Result<Selection, BuyRefused>| match result {
            Err(BuyRefused::FieldInvalid { field, code, value, .. }) => (field, code, value),
            other => panic!("{other:?}"),
        };
        let told = |field, code, value: &str| (field, code, value.to_owned());
        let child = TicketType::Child;
        assert_eq!(field(buy(&[], &[])), told("seats", "TOO_FEW", "1"));
        assert_eq!(field(buy(&["A1"; 21], &[])), told("seats", "TOO_MANY", "20"));
        let stray = |seat| field(buy(&["A1"], &[(seat, child)]));
        assert_eq!(stray("A2"), told("ticket_types", "SEAT_NOT_CHOSEN", "A2"));
        assert_eq!(stray("Q"), told("ticket_types", "SEAT_NOT_CHOSEN", "Q"));
        let unknown = HashMap::from([("A1".to_owned(), 99)]);
        let unknown = select(&facts(), &names(&["A1"]), &unknown, NOW);
        assert_eq!(field(unknown), told("ticket_types", "UNKNOWN_VALUE", "99"));
    }

    #[test]
    fn the_sales_window_is_kept() {
        let at = |now| select(&facts(), &names(&["A1"]), &HashMap::new(), now);
        assert_eq!(at(999), Err(BuyRefused::SalesNotOpen { opens_at: 1_000 }));
        assert!(at(1_000).is_ok());
        assert!(at(8_999_999).is_ok());
        assert_eq!(at(9_000_000), Err(BuyRefused::SalesClosed { closed_at: 9_000_000 }));
        let mut cancelled = facts();
        cancelled.cancelled = true;
        let result = select(&cancelled, &names(&["A1"]), &HashMap::new(), NOW);
        assert_eq!(result, Err(BuyRefused::ScreeningCancelled));
    }

    proptest! {
        /// A selection has exactly the seats asked for, whole couples only, and adds up.
        #[test]
        fn a_selection_is_what_was_asked_for(seats in prop::collection::vec("[AB][1-8]", 0..8)) {
            let facts = facts();
            if let Ok(selection) = select(&facts, &seats, &HashMap::new(), NOW) {
                let mut wanted: Vec<_> = seats.iter().map(|seat| facts.index(seat).unwrap()).collect();
                wanted.sort_unstable();
                prop_assert_eq!(selection.indexes().collect::<Vec<_>>(), wanted.clone());
                wanted.dedup();
                prop_assert_eq!(wanted.len(), seats.len());
                prop_assert_eq!(selection.amount, selection.items.iter().map(|item| item.price).sum::<i64>());
                for item in &selection.items {
                    let seat = facts.seat(item.index).unwrap();
                    prop_assert!(seat.for_sale());
                    prop_assert!(seat.partner.is_none_or(|partner| wanted.contains(&partner)));
                }
            }
        }

        /// The order in which seats are named changes nothing.
        #[test]
        fn order_does_not_matter(mut seats in prop::collection::vec("[AB][1-3]", 1..5)) {
            let facts = facts();
            let first = select(&facts, &seats, &HashMap::new(), NOW);
            seats.reverse();
            prop_assert_eq!(first, select(&facts, &seats, &HashMap::new(), NOW));
        }
    }
}
