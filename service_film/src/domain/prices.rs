//! Price lists: what a seat costs by category and ticket type.

use std::collections::BTreeMap;

use contract::film::{Price, TicketType};
use thiserror::Error;

use super::Refusal;

/// Ticket types in the order of `SalesFacts.prices`.
pub const TICKET_TYPES: [TicketType; 4] =
    [TicketType::Adult, TicketType::Child, TicketType::Student, TicketType::Senior];

/// Why prices are no price list.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PricesInvalid {
    /// A price for nothing.
    #[error("a price names no category")]
    NoCategory,
    /// Less than nothing.
    #[error("a price of {0:?} is negative")]
    Negative(String),
    /// Two prices for the same.
    #[error("{0:?} has two prices for {who}", who = TICKET_TYPES[*.1].as_str_name())]
    Twice(String, usize),
    /// An empty list.
    #[error("there are no prices")]
    NoPrices,
    /// A category that adults cannot pay.
    #[error("{0:?} has no price for ADULT")]
    NoAdultPrice(String),
}

impl PricesInvalid {
    /// What kind of fault it is: stable, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCategory => "NO_CATEGORY",
            Self::Negative(_) => "NEGATIVE",
            Self::Twice(..) => "TWICE",
            Self::NoPrices => "NO_PRICES",
            Self::NoAdultPrice(_) => "NO_ADULT_PRICE",
        }
    }

    /// The category it is about; empty where it is about none.
    #[must_use]
    pub fn category(&self) -> &str {
        match self {
            Self::NoCategory | Self::NoPrices => "",
            Self::Negative(category) | Self::Twice(category, _) | Self::NoAdultPrice(category) => category,
        }
    }
}

/// A price list that was checked: every category has a price for adults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceTable(BTreeMap<String, [Option<i64>; TICKET_TYPES.len()]>);

impl PriceTable {
    /// Checks prices; a price without a ticket type is for adults.
    ///
    /// # Errors
    /// No prices, a category without a name or without a price for adults, a
    /// price given twice, a negative amount.
    pub fn new(prices: &[Price]) -> Result<Self, PricesInvalid> {
        let mut table = BTreeMap::<String, [Option<i64>; TICKET_TYPES.len()]>::new();
        for price in prices {
            let category = price.category.trim();
            if category.is_empty() {
                return Err(PricesInvalid::NoCategory);
            }
            if price.amount < 0 {
                return Err(PricesInvalid::Negative(category.to_owned()));
            }
            let slot = slot(price.ticket_type());
            let row = table.entry(category.to_owned()).or_default();
            if row[slot].replace(price.amount).is_some() {
                return Err(PricesInvalid::Twice(category.to_owned(), slot));
            }
        }
        if table.is_empty() {
            return Err(PricesInvalid::NoPrices);
        }
        match table.iter().find(|(_, row)| row[0].is_none()) {
            Some((category, _)) => Err(PricesInvalid::NoAdultPrice(category.clone())),
            None => Ok(Self(table)),
        }
    }

    /// What a seat of the category costs: adult, child, student, senior; types
    /// without a price of their own pay the adult's.
    #[must_use]
    pub fn of(&self, category: &str) -> Option<[i64; TICKET_TYPES.len()]> {
        let row = self.0.get(category.trim())?;
        let adult = row[0]?;
        Some(row.map(|amount| amount.unwrap_or(adult)))
    }

    /// The cheapest adult seat of these categories.
    ///
    /// # Errors
    /// `PRICES_MISSING` where one of them has no price.
    pub fn price_from(&self, categories: &[String]) -> Result<i64, Refusal> {
        let names = || categories.iter().map(String::as_str);
        match self.missing(names()) {
            Some(category) => Err(Refusal::PricesMissing { category: category.to_owned() }),
            None => Ok(self.cheapest_adult(names()).unwrap_or_default()),
        }
    }

    /// The first of the categories that has no price.
    pub fn missing<'a>(&self, categories: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        categories.into_iter().find(|category| !self.0.contains_key(category.trim()))
    }

    /// The cheapest adult seat of the categories; nothing where none has a price.
    pub fn cheapest_adult<'a>(&self, categories: impl IntoIterator<Item = &'a str>) -> Option<i64> {
        categories.into_iter().filter_map(|category| self.of(category)).map(|row| row[0]).min()
    }

    /// The prices as they are written down: by category, adult first.
    #[must_use]
    pub fn to_prices(&self) -> Vec<Price> {
        let rows = self.0.iter();
        rows.flat_map(|(category, row)| {
            row.iter().zip(TICKET_TYPES).filter_map(|(amount, who)| {
                amount.map(|amount| Price { category: category.clone(), ticket_type: who.into(), amount })
            })
        })
        .collect()
    }
}

fn slot(ticket_type: TicketType) -> usize {
    match ticket_type {
        TicketType::Unspecified | TicketType::Adult => 0,
        TicketType::Child => 1,
        TicketType::Student => 2,
        TicketType::Senior => 3,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn price(category: &str, who: TicketType, amount: i64) -> Price {
        Price { category: category.to_owned(), ticket_type: who.into(), amount }
    }

    #[test]
    fn types_without_a_price_pay_the_adults() {
        let table =
            PriceTable::new(&[price("A", TicketType::Student, 700), price("A", TicketType::Adult, 1200)])
                .unwrap();
        assert_eq!(table.of("A"), Some([1200, 1200, 700, 1200]));
        assert_eq!(table.of("B"), None);
        assert_eq!(table.missing(["A", "B"]), Some("B"));
        // A plan may have a category with space around its name; no price can be given that.
        assert_eq!((table.of(" A "), table.missing(["A "])), (table.of("A"), None));
    }

    #[test]
    fn what_is_no_price_list_is_refused() {
        let refused = |prices: &[Price]| PriceTable::new(prices).unwrap_err().to_string();
        assert!(refused(&[]).contains("no prices"));
        assert!(refused(&[price("A", TicketType::Child, 1)]).contains("ADULT"));
        assert!(refused(&[price(" ", TicketType::Adult, 1)]).contains("no category"));
        assert!(refused(&[price("A", TicketType::Adult, -1)]).contains("negative"));
        let twice = [price("A", TicketType::Adult, 1), price("A", TicketType::Unspecified, 2)];
        assert!(refused(&twice).contains("two prices"));
    }

    proptest! {
        #[test]
        fn a_list_survives_writing_down(rows in prop::collection::btree_map(
            "[A-Z]{1,4}", (0i64..1_000_000, prop::option::of(0i64..1_000_000)), 1..20,
        )) {
            let mut prices = Vec::new();
            for (category, (adult, child)) in &rows {
                prices.push(price(category, TicketType::Adult, *adult));
                prices.extend(child.map(|amount| price(category, TicketType::Child, amount)));
            }
            let table = PriceTable::new(&prices).unwrap();
            prop_assert_eq!(&PriceTable::new(&table.to_prices()).unwrap(), &table);
            let names = || rows.keys().map(String::as_str);
            let cheapest = rows.values().map(|(adult, _)| *adult).min();
            prop_assert_eq!(table.cheapest_adult(names()), cheapest);
            prop_assert_eq!(table.missing(names()), None);
            for (category, (adult, child)) in &rows {
                prop_assert_eq!(table.of(category), Some([*adult, child.unwrap_or(*adult), *adult, *adult]));
            }
        }
    }
}
