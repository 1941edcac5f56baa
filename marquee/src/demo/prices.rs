//! What the demo's seats cost.

use contract::film::{Price, TicketType};

/// The categories of the demo's halls.
pub const CATEGORIES: [&str; 4] = ["Standard", "Front", "Premium", "Couple"];

/// What each category costs, in percent of a standard seat in the evening.
const CATEGORY_PERCENT: [i64; CATEGORIES.len()] = [100, 85, 135, 125];
/// What others than adults pay, in percent.
const TYPE_PERCENT: [(TicketType, i64); 4] =
    [(TicketType::Adult, 100), (TicketType::Child, 65), (TicketType::Student, 80), (TicketType::Senior, 75)];

/// A currency and the price everything else is derived from.
pub struct Money {
    /// ISO 4217 code.
    pub currency: &'static str,
    /// An adult on a standard seat in the evening, minor units.
    base: i64,
    /// Prices are multiples of this, minor units.
    step: i64,
}

/// Which prices a screening has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tariff {
    /// Before the evening, Monday to Friday.
    Day,
    /// Evenings and weekends.
    Evening,
    /// The large screen, at all times.
    Imax,
}

impl Tariff {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Day, Self::Evening, Self::Imax];

    /// Name of the price list.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "Daytime",
            Self::Evening => "Evening and weekend",
            Self::Imax => "IMAX",
        }
    }

    fn percent(self) -> i64 {
        match self {
            Self::Day => 80,
            Self::Evening => 100,
            Self::Imax => 145,
        }
    }
}

impl Money {
    /// A currency, the base price, and what prices are multiples of; both in minor units.
    #[must_use]
    pub const fn new(currency: &'static str, base: i64, step: i64) -> Self {
        Self { currency, base, step }
    }

    /// The price list of a tariff.
    #[must_use]
    pub fn prices(&self, tariff: Tariff) -> Vec<Price> {
        let categories = CATEGORIES.iter().zip(CATEGORY_PERCENT);
        categories
            .flat_map(|(category, percent)| {
                TYPE_PERCENT.map(|(ticket_type, type_percent)| Price {
                    category: (*category).to_owned(),
                    ticket_type: ticket_type.into(),
                    amount: self.rounded(self.base * tariff.percent() * percent * type_percent),
                })
            })
            .collect()
    }

    /// The nearest price, of an amount with three factors of percent in it.
    fn rounded(&self, amount: i64) -> i64 {
        let unit = self.step * 1_000_000;
        (amount + unit / 2) / unit * self.step
    }
}

#[cfg(test)]
mod tests {
    use service_film::domain::prices::PriceTable;

    use super::*;

    #[test]
    fn every_tariff_is_a_price_list_of_round_prices() {
        let money = Money::new("EUR", 1_150, 50);
        for tariff in Tariff::ALL {
            let table = PriceTable::new(&money.prices(tariff)).unwrap();
            assert_eq!(table.missing(CATEGORIES), None);
            assert!(table.to_prices().iter().all(|price| price.amount > 0 && price.amount % 50 == 0));
        }
        let evening = PriceTable::new(&money.prices(Tariff::Evening)).unwrap();
        assert_eq!(evening.of("Standard"), Some([1_150, 750, 900, 850]));
    }
}
