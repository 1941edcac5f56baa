//! The book of every movement of money: rows are added, never changed.
//!
//! A refund is booked in the transaction that decides it and voids its tickets,
//! so the book says what is owed; whether the provider has done it is the
//! refund's state.

use thiserror::Error;

/// What a row of the book says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// Money came in.
    Capture,
    /// Money goes back.
    Refund,
    /// Part of a capture that is kept though its ticket is void. Moves nothing.
    Fee,
}

impl EntryKind {
    /// As the store spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Capture => "CAPTURE",
            Self::Refund => "REFUND",
            Self::Fee => "FEE",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Capture, Self::Refund, Self::Fee].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A row of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What it says.
    pub kind: EntryKind,
    /// Minor units, never negative: the kind gives the direction.
    pub amount: i64,
}

/// Sums of an order's rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// What came in, minor units.
    pub captured: i64,
    /// What goes back, minor units.
    pub refunded: i64,
    /// What is kept of void tickets, minor units.
    pub fees: i64,
}

/// What must not be in a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LedgerBroken {
    /// A row below zero.
    #[error("a row of {0} is negative")]
    Negative(i64),
    /// More than can be counted.
    #[error("the sums overflow")]
    Overflow,
    /// Money that came from nowhere or went nowhere.
    #[error("captured {captured} - refunded {refunded} is not live tickets {live} + fees {fees}")]
    Unbalanced {
        /// What came in.
        captured: i64,
        /// What goes back.
        refunded: i64,
        /// What the live tickets are worth.
        live: i64,
        /// What is kept.
        fees: i64,
    },
}

impl Balance {
    /// Adds up rows.
    ///
    /// # Errors
    /// A negative row, or sums that overflow.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Self, LedgerBroken> {
        let mut balance = Self::default();
        for entry in entries {
            if entry.amount < 0 {
                return Err(LedgerBroken::Negative(entry.amount));
            }
            let sum = match entry.kind {
                EntryKind::Capture => &mut balance.captured,
                EntryKind::Refund => &mut balance.refunded,
                EntryKind::Fee => &mut balance.fees,
            };
            *sum = sum.checked_add(entry.amount).ok_or(LedgerBroken::Overflow)?;
        }
        Ok(balance)
    }

    /// What can still be given back at most.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        // Neither is negative, so the difference cannot overflow.
        self.captured - self.refunded
    }

    /// The rule of the book: captured - refunded = worth of live tickets + fees kept.
    ///
    /// # Errors
    /// The numbers, where they do not agree.
    pub fn check(&self, live: i64) -> Result<(), LedgerBroken> {
        let kept = live.checked_add(self.fees).ok_or(LedgerBroken::Overflow)?;
        if self.remaining() == kept {
            Ok(())
        } else {
            let Self { captured, refunded, fees } = *self;
            Err(LedgerBroken::Unbalanced { captured, refunded, live, fees })
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::refund::{RefundDecision, RefundRules, RefundTicket, decide, in_full};
    use super::super::state::{OrderState, TicketState};
    use super::*;

    fn entry(kind: EntryKind, amount: i64) -> Entry {
        Entry { kind, amount }
    }

    #[test]
    fn a_book_that_does_not_add_up_is_noticed() {
        let book = [entry(EntryKind::Capture, 2000), entry(EntryKind::Refund, 900)];
        let balance = Balance::of(&book).unwrap();
        assert_eq!(balance.check(1100), Ok(()));
        assert!(matches!(balance.check(1000), Err(LedgerBroken::Unbalanced { .. })));
        assert_eq!(Balance::of(&[entry(EntryKind::Fee, -1)]), Err(LedgerBroken::Negative(-1)));
        let huge = [entry(EntryKind::Capture, i64::MAX), entry(EntryKind::Capture, 1)];
        assert_eq!(Balance::of(&huge), Err(LedgerBroken::Overflow));
        assert_eq!(EntryKind::parse(EntryKind::Fee.as_str()), Some(EntryKind::Fee));
    }

    #[test]
    fn a_payment_that_came_too_late_leaves_nothing() {
        let book = [entry(EntryKind::Capture, 2000), entry(EntryKind::Refund, 2000)];
        assert_eq!(Balance::of(&book).unwrap().check(0), Ok(()));
    }

    /// What may happen to a paid order.
    #[derive(Debug, Clone)]
    enum Step {
        GiveBack { seats: Vec<usize>, minutes_before: i64 },
        ScreeningCancelled,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => (prop::collection::vec(0..6usize, 0..3), 0..3000i64)
                .prop_map(|(seats, minutes_before)| Step::GiveBack { seats, minutes_before }),
            1 => Just(Step::ScreeningCancelled),
        ]
    }

    proptest! {
        /// Whatever is paid and given back in whatever order, the book adds up after every step.
        #[test]
        fn the_book_adds_up_after_every_step(
            prices in prop::collection::vec(0..50_000i64, 1..6),
            steps in prop::collection::vec(step(), 0..8),
        ) {
            let names: Vec<String> = (0..prices.len()).map(|number| format!("A{number}")).collect();
            let mut tickets: Vec<RefundTicket<'_>> = prices.iter().zip(&names).map(|(price, seat)| {
                let state = TicketState::Valid;
                RefundTicket { seat, partner: None, price: *price, state, refund_id: None }
            }).collect();
            let mut book = vec![entry(EntryKind::Capture, prices.iter().sum())];
            let start = 1_000_000_000_i64;
            for step in steps {
                let quote = match step {
                    Step::ScreeningCancelled => in_full(&tickets),
                    Step::GiveBack { seats, minutes_before } => {
                        let seats: Vec<String> = seats.iter().filter_map(|at| names.get(*at).cloned()).collect();
                        let now = start - minutes_before * 60_000;
                        let rules = RefundRules::default();
                        match decide(&rules, start, now, OrderState::Paid, &tickets, &seats) {
                            Ok(RefundDecision::New(quote)) => Some(quote),
                            _ => None,
                        }
                    }
                };
                let Some(quote) = quote else { continue };
                book.push(entry(EntryKind::Refund, quote.amount));
                book.push(entry(EntryKind::Fee, quote.fee));
                for at in quote.tickets {
                    tickets[at].state = TicketState::Void;
                    tickets[at].refund_id = Some(1);
                }
                let live = tickets.iter().filter(|t| t.state != TicketState::Void).map(|t| t.price).sum();
                let balance = Balance::of(&book).unwrap();
                prop_assert_eq!(balance.check(live), Ok(()));
                prop_assert!(balance.remaining() >= 0);
            }
        }
    }
}
