//! What is known of a screening's seats and prices when they are sold.

use std::collections::HashMap;
use std::sync::Arc;

use contract::film::{SalesFacts, SeatKind, TicketType};
use thiserror::Error;

/// Most seats a screening may have; leaves room in [`SeatIndex`].
pub const MAX_SEATS: usize = 10_000;
/// Most categories a screening may have.
pub const MAX_CATEGORIES: usize = 200;
/// Dearest seat, minor units: twenty of them are far from overflowing an `i64`.
pub const MAX_PRICE: i64 = 1_000_000_000_000;
/// Longest seat name, characters: as in the contract of `Buy`.
pub const MAX_SEAT_NAME: usize = 32;
/// Ticket types that have a price: adult, child, student, senior.
const PRICED_TYPES: usize = 4;

/// How long a film is taken to be where the catalogue does not tell, milliseconds.
const LONG_FILM_MS: i64 = 4 * 60 * 60 * 1000;

/// A seat's position in its screening's facts.
pub type SeatIndex = u16;

/// One seat of a screening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// What people read, `F12`.
    pub name: Arc<str>,
    /// What it is.
    pub kind: SeatKind,
    /// Position of its category.
    pub category: u16,
    /// The other half of a couple seat.
    pub partner: Option<SeatIndex>,
}

impl Seat {
    /// Whether it can be sold at all. Half of a couple seat without its other half cannot.
    #[must_use]
    pub fn for_sale(&self) -> bool {
        match self.kind {
            SeatKind::Blocked => false,
            SeatKind::CoupleHalf => self.partner.is_some(),
            _ => true,
        }
    }
}

/// The sellable facts of one version of a screening: checked once, never changed.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The screening.
    pub film_sid: i64,
    /// Rises with every change.
    pub version: i64,
    /// The cinema.
    pub cinema_id: i64,
    /// The film; 0 where the catalogue does not tell.
    pub film_id: i64,
    /// Start.
    pub starts_at: i64,
    /// End of the film.
    pub ends_at: i64,
    /// From when seats are sold.
    pub sales_open_at: i64,
    /// From when seats are no longer sold.
    pub sales_close_at: i64,
    /// Whether the screening was cancelled.
    pub cancelled: bool,
    /// ISO 4217 code.
    pub currency: Arc<str>,
    /// The film's title.
    pub film_title: Arc<str>,
    /// The cinema's name.
    pub cinema_name: Arc<str>,
    /// The hall's name.
    pub hall_name: Arc<str>,
    categories: Vec<Arc<str>>,
    seats: Vec<Seat>,
    prices: Vec<[i64; PRICED_TYPES]>,
    by_name: HashMap<Arc<str>, SeatIndex>,
}

/// Why facts from the film service cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FactsInvalid {
    /// More than [`MAX_SEATS`] seats.
    #[error("{0} seats are more than {MAX_SEATS}")]
    TooManySeats(usize),
    /// More than [`MAX_CATEGORIES`] categories.
    #[error("{0} categories are more than {MAX_CATEGORIES}")]
    TooManyCategories(usize),
    /// An empty or too long name.
    #[error("the seat at position {0} has no usable name")]
    SeatName(usize),
    /// Two seats of one name.
    #[error("seat {0} appears twice")]
    SeatRepeated(String),
    /// A seat of a category there is not.
    #[error("seat {0} has no known category")]
    Category(String),
    /// Couple halves that do not point at each other.
    #[error("seat {0} and its other half do not agree")]
    Partner(String),
    /// Not four prices for every category.
    #[error("{got} prices where {want} are needed")]
    PriceCount {
        /// Prices given.
        got: usize,
        /// Prices needed.
        want: usize,
    },
    /// A negative or absurd price.
    #[error("price {0} is out of range")]
    Price(i64),
    /// Not three capital letters.
    #[error("currency {0:?} is not an ISO 4217 code")]
    Currency(String),
}

impl Facts {
    /// Checks what the film service told and makes it quick to look up.
    ///
    /// # Errors
    /// The first thing found that must not be.
    pub fn from_proto(facts: SalesFacts) -> Result<Self, FactsInvalid> {
        if facts.seats.len() > MAX_SEATS {
            return Err(FactsInvalid::TooManySeats(facts.seats.len()));
        }
        if facts.categories.len() > MAX_CATEGORIES {
            return Err(FactsInvalid::TooManyCategories(facts.categories.len()));
        }
        if facts.currency.len() != 3 || !facts.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(FactsInvalid::Currency(facts.currency));
        }
        let prices = price_table(&facts.prices, facts.categories.len())?;
        let (seats, by_name) = seat_table(&facts)?;
        check_partners(&seats)?;
        Ok(Self {
            film_sid: facts.film_sid,
            version: facts.version,
            cinema_id: facts.cinema_id,
            film_id: facts.film_id,
            starts_at: facts.starts_at,
            ends_at: end(&facts),
            sales_open_at: facts.sales_open_at,
            sales_close_at: facts.sales_close_at,
            cancelled: facts.cancelled,
            currency: facts.currency.into(),
            film_title: facts.film_title.into(),
            cinema_name: facts.cinema_name.into(),
            hall_name: facts.hall_name.into(),
            categories: facts.categories.into_iter().map(Arc::from).collect(),
            seats,
            prices,
            by_name,
        })
    }

    /// All seats, in the plan's order.
    #[must_use]
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// The seat at a position.
    #[must_use]
    pub fn seat(&self, index: SeatIndex) -> Option<&Seat> {
        self.seats.get(usize::from(index))
    }

    /// Where the seat of that name is.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<SeatIndex> {
        self.by_name.get(name).copied()
    }

    /// Name of the other half of a couple seat.
    #[must_use]
    pub fn partner_name(&self, name: &str) -> Option<&str> {
        let partner = self.seat(self.index(name)?)?.partner?;
        self.seat(partner).map(|seat| &*seat.name)
    }

    /// Names of the categories; seats refer to them by position.
    #[must_use]
    pub fn categories(&self) -> &[Arc<str>] {
        &self.categories
    }

    /// Name of the category at a position.
    #[must_use]
    pub fn category(&self, category: u16) -> Option<&Arc<str>> {
        self.categories.get(usize::from(category))
    }

    /// What a seat of a category costs for somebody, minor units.
    #[must_use]
    pub fn price(&self, category: u16, ticket_type: TicketType) -> Option<i64> {
        let row = self.prices.get(usize::from(category))?;
        Some(match ticket_type {
            TicketType::Unspecified | TicketType::Adult => row[0],
            TicketType::Child => row[1],
            TicketType::Student => row[2],
            TicketType::Senior => row[3],
        })
    }
}

/// A catalogue of an older version does not tell when a film ends.
fn end(facts: &SalesFacts) -> i64 {
    if facts.ends_at > 0 { facts.ends_at } else { facts.starts_at.saturating_add(LONG_FILM_MS) }
}

fn price_table(prices: &[i64], categories: usize) -> Result<Vec<[i64; PRICED_TYPES]>, FactsInvalid> {
    let want = categories * PRICED_TYPES;
    if prices.len() != want {
        return Err(FactsInvalid::PriceCount { got: prices.len(), want });
    }
    if let Some(price) = prices.iter().find(|price| !(0..=MAX_PRICE).contains(*price)) {
        return Err(FactsInvalid::Price(*price));
    }
    Ok(prices.as_chunks::<PRICED_TYPES>().0.to_vec())
}

type SeatTable = (Vec<Seat>, HashMap<Arc<str>, SeatIndex>);

fn seat_table(facts: &SalesFacts) -> Result<SeatTable, FactsInvalid> {
    let count = facts.seats.len();
    let mut seats = Vec::with_capacity(count);
    let mut by_name = HashMap::with_capacity(count);
    for (position, fact) in facts.seats.iter().enumerate() {
        if fact.seat.is_empty() || fact.seat.chars().count() > MAX_SEAT_NAME {
            return Err(FactsInvalid::SeatName(position));
        }
        let name: Arc<str> = fact.seat.as_str().into();
        let category = u16::try_from(fact.category)
            .ok()
            .filter(|category| usize::from(*category) < facts.categories.len())
            .ok_or_else(|| FactsInvalid::Category(fact.seat.clone()))?;
        let partner = partner_index(fact.partner, count, &fact.seat)?;
        let index = SeatIndex::try_from(position).map_err(|_| FactsInvalid::TooManySeats(count))?;
        if by_name.insert(Arc::clone(&name), index).is_some() {
            return Err(FactsInvalid::SeatRepeated(fact.seat.clone()));
        }
        // A kind added later than this code is sold as any other seat.
        let kind = match fact.kind() {
            SeatKind::Unspecified => SeatKind::Standard,
            kind => kind,
        };
        seats.push(Seat { name, kind, category, partner });
    }
    Ok((seats, by_name))
}

/// The contract counts partners from 1, so that 0 can mean none.
fn partner_index(partner: i32, count: usize, seat: &str) -> Result<Option<SeatIndex>, FactsInvalid> {
    if partner == 0 {
        return Ok(None);
    }
    SeatIndex::try_from(i64::from(partner) - 1)
        .ok()
        .filter(|index| usize::from(*index) < count)
        .map(Some)
        .ok_or_else(|| FactsInvalid::Partner(seat.to_owned()))
}

fn check_partners(seats: &[Seat]) -> Result<(), FactsInvalid> {
    for (position, seat) in seats.iter().enumerate() {
        let Some(partner) = seat.partner else { continue };
        let other = &seats[usize::from(partner)];
        let mutual = other.partner.map(usize::from) == Some(position) && usize::from(partner) != position;
        if !mutual || seat.kind != SeatKind::CoupleHalf {
            return Err(FactsInvalid::Partner(seat.name.to_string()));
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use contract::film::SeatFact;
    use proptest::prelude::*;

    use super::*;

    /// Ten seats: A1 to A6 standard, A7 blocked, B1 and B2 a couple, B3 for a wheelchair.
    pub(crate) fn proto() -> SalesFacts {
        let fact = |seat: &str, category, kind: SeatKind, partner| SeatFact {
            seat: seat.to_owned(),
            category,
            kind: kind.into(),
            partner,
        };
        let mut seats: Vec<_> =
            (1..=6).map(|number| fact(&format!("A{number}"), 0, SeatKind::Standard, 0)).collect();
        seats.push(fact("A7", 0, SeatKind::Blocked, 0));
        seats.push(fact("B1", 1, SeatKind::CoupleHalf, 9));
        seats.push(fact("B2", 1, SeatKind::CoupleHalf, 8));
        seats.push(fact("B3", 1, SeatKind::Wheelchair, 0));
        SalesFacts {
            film_sid: 77,
            version: 3,
            cinema_id: 5,
            starts_at: 10_000_000,
            sales_open_at: 1_000,
            sales_close_at: 9_000_000,
            cancelled: false,
            currency: "EUR".into(),
            categories: vec!["standard".into(), "love".into()],
            seats,
            prices: vec![1200, 800, 1000, 900, 1500, 1000, 1400, 1300],
            film_title: "Metropolis".into(),
            cinema_name: "Odeon".into(),
            hall_name: "1".into(),
            ends_at: 14_000_000,
            film_id: 8,
        }
    }

    #[test]
    fn good_facts_are_looked_up_by_name_and_priced() {
        let facts = Facts::from_proto(proto()).unwrap();
        assert_eq!(facts.seats().len(), 10);
        let index = facts.index("B1").unwrap();
        assert_eq!((index, facts.partner_name("B1")), (7, Some("B2")));
        assert_eq!(facts.price(1, TicketType::Student), Some(1400));
        assert_eq!(facts.price(1, TicketType::Unspecified), Some(1500));
        assert_eq!(facts.price(2, TicketType::Adult), None);
        assert!(!facts.seat(6).unwrap().for_sale());
        assert_eq!(facts.index("Z9"), None);
    }

    #[test]
    fn broken_facts_are_refused() {
        let broken = |change: fn(&mut SalesFacts)| {
            let mut facts = proto();
            change(&mut facts);
            Facts::from_proto(facts).unwrap_err()
        };
        assert_eq!(
            broken(|facts| facts.seats[1].seat = "A1".into()),
            FactsInvalid::SeatRepeated("A1".into())
        );
        assert_eq!(broken(|facts| facts.seats[0].category = 2), FactsInvalid::Category("A1".into()));
        assert_eq!(broken(|facts| facts.seats[0].category = -1), FactsInvalid::Category("A1".into()));
        assert_eq!(broken(|facts| facts.seats[0].seat.clear()), FactsInvalid::SeatName(0));
        assert_eq!(broken(|facts| facts.seats[7].partner = 1), FactsInvalid::Partner("B1".into()));
        assert_eq!(broken(|facts| facts.seats[7].partner = 8), FactsInvalid::Partner("B1".into()));
        assert_eq!(broken(|facts| facts.seats[7].partner = 11), FactsInvalid::Partner("B1".into()));
        assert_eq!(broken(|facts| facts.seats[7].partner = -4), FactsInvalid::Partner("B1".into()));
        assert_eq!(broken(|facts| facts.prices[2] = -1), FactsInvalid::Price(-1));
        assert_eq!(broken(|facts| facts.currency = "eur".into()), FactsInvalid::Currency("eur".into()));
        assert!(matches!(broken(|facts| facts.prices.truncate(7)), FactsInvalid::PriceCount { .. }));
        assert!(matches!(
            broken(|facts| facts.categories = vec!["x".into(); 201]),
            FactsInvalid::TooManyCategories(201)
        ));
        assert!(matches!(
            broken(|facts| facts.seats = vec![SeatFact::default(); 10_001]),
            FactsInvalid::TooManySeats(10_001)
        ));
    }

    #[test]
    fn half_a_couple_seat_without_its_other_half_is_not_sold() {
        let mut facts = proto();
        facts.seats[7].partner = 0;
        facts.seats[8].partner = 0;
        let facts = Facts::from_proto(facts).unwrap();
        assert!(!facts.seat(7).unwrap().for_sale());
    }

    proptest! {
        /// Whatever comes, it is refused or every lookup works.
        #[test]
        fn accepted_facts_hold_together(
            seats in prop::collection::vec(("[A-C][0-9]{0,2}", -1..4i32, 0..7i32, -1..12i32), 0..10),
            prices in prop::collection::vec(-1..2000i64, 0..13),
            categories in 0..4usize,
        ) {
            let seats = seats
                .into_iter()
                .map(|(seat, category, kind, partner)| SeatFact { seat, category, kind, partner })
                .collect();
            let categories = vec!["c".to_owned(); categories];
            let given = SalesFacts { seats, prices, categories, ..proto() };
            if let Ok(facts) = Facts::from_proto(given) {
                for (position, seat) in facts.seats().iter().enumerate() {
                    prop_assert_eq!(facts.index(&seat.name).map(usize::from), Some(position));
                    prop_assert!(facts.price(seat.category, TicketType::Senior).is_some());
                    if let Some(partner) = seat.partner {
                        let back = facts.seat(partner).and_then(|other| other.partner);
                        prop_assert_eq!(back.map(usize::from), Some(position));
                    }
                }
            }
        }
    }
}
