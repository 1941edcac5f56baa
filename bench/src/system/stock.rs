//! What is for sale, and what was sold.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};

use super::catalogue::SEATS;
use crate::load::CallFailed;
use crate::worker::Token;

/// Pairs of seats in a screening.
const PAIRS: usize = SEATS / 2;
/// Screenings that sell at the same time: a busy evening, neither one hot screening nor a thousand cold ones.
const AT_ONCE: usize = 16;

/// Seats nobody has, each given out once.
pub struct Stock {
    seats: Vec<String>,
    screenings: RwLock<Vec<i64>>,
    next: AtomicU64,
    sold: AtomicU64,
}

impl Stock {
    /// Nothing yet, in halls with these seats.
    #[must_use]
    pub fn new(seats: Vec<String>) -> Self {
        Self { seats, screenings: RwLock::default(), next: AtomicU64::new(0), sold: AtomicU64::new(0) }
    }

    /// Screenings that are needed so that so many more orders can be made.
    #[must_use]
    pub fn missing(&self, orders: u64) -> usize {
        let given = usize::try_from(self.next.load(Ordering::Relaxed)).unwrap_or(usize::MAX);
        let wanted = given.saturating_add(usize::try_from(orders).unwrap_or(usize::MAX));
        let screenings = wanted.div_ceil(PAIRS * AT_ONCE).saturating_mul(AT_ONCE);
        screenings.saturating_sub(self.screenings.read().len())
    }

    /// Puts more screenings on sale.
    pub fn add(&self, film_sids: Vec<i64>) {
        self.screenings.write().extend(film_sids);
    }

    /// Two seats that were never given out.
    ///
    /// # Errors
    /// Where there are none left.
    pub fn next(&self) -> Result<(i64, [&str; 2]), CallFailed> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        let (group, in_group) = (number / (PAIRS * AT_ONCE), number % (PAIRS * AT_ONCE));
        let screening = self.screenings.read().get(group * AT_ONCE + in_group % AT_ONCE).copied();
        let film_sid = screening.ok_or_else(|| CallFailed("no seats are left to sell".to_owned()))?;
        Ok((film_sid, pair(&self.seats, in_group / AT_ONCE)))
    }

    /// Takes note of an answer.
    pub fn sold(&self) {
        self.sold.fetch_add(1, Ordering::Relaxed);
    }

    /// Orders that were answered.
    #[must_use]
    pub fn count_sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }

    /// The screenings that went on sale first.
    #[must_use]
    pub fn first_screenings(&self) -> Vec<i64> {
        self.screenings.read().iter().take(AT_ONCE).copied().collect()
    }
}

fn pair(seats: &[String], at: usize) -> [&str; 2] {
    [&seats[at * 2], &seats[at * 2 + 1]]
}

/// A screening without a free seat.
pub struct SoldOut {
    film_sid: i64,
    seats: Vec<String>,
}

impl SoldOut {
    /// The screening and its seats.
    #[must_use]
    pub fn new(film_sid: i64, seats: Vec<String>) -> Self {
        Self { film_sid, seats }
    }

    /// The pair at a position, counted round and round.
    #[must_use]
    pub fn pair(&self, at: usize) -> (i64, [&str; 2]) {
        (self.film_sid, pair(&self.seats, at % PAIRS))
    }

    /// Pairs of seats.
    #[must_use]
    pub fn pairs() -> usize {
        PAIRS
    }
}

/// An order that waits to be paid, and whose it is.
pub struct Unpaid {
    /// The order.
    pub order_id: i64,
    /// The buyer's token.
    pub token: Token,
}

/// Orders that wait to be paid.
#[derive(Default)]
pub struct Unpaids {
    waiting: Mutex<Vec<Unpaid>>,
    paid: AtomicU64,
}

impl Unpaids {
    /// More of them.
    pub fn add(&self, orders: Vec<Unpaid>) {
        self.waiting.lock().extend(orders);
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.waiting.lock().len() as u64
    }

    /// One of them.
    ///
    /// # Errors
    /// Where there are none left.
    pub fn take(&self) -> Result<Unpaid, CallFailed> {
        self.waiting.lock().pop().ok_or_else(|| CallFailed("no orders are left to pay".to_owned()))
    }

    /// Takes note of an answer.
    pub fn paid(&self) {
        self.paid.fetch_add(1, Ordering::Relaxed);
    }

    /// Orders that were paid.
    #[must_use]
    pub fn count_paid(&self) -> u64 {
        self.paid.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_seat_is_given_out_once() {
        let stock = Stock::new((0..SEATS).map(|number| number.to_string()).collect());
        let missing = stock.missing(5_000);
        assert_eq!(missing, 2 * AT_ONCE);
        stock.add((1..).take(missing).collect());
        assert_eq!(stock.missing(5_000), 0);
        let mut given = HashSet::new();
        for _ in 0..missing * PAIRS {
            let (film_sid, seats) = stock.next().unwrap();
            assert!(seats.iter().all(|seat| given.insert((film_sid, (*seat).to_owned()))));
        }
        assert_eq!(given.len(), missing * SEATS);
        assert!(stock.next().is_err());
    }
}
