//! What a buyer gets back, and until when.

use serde::Deserialize;
use thiserror::Error;

use super::state::{OrderState, TicketState};

/// Most steps of the rules: more would be a mistake in the configuration.
pub const MAX_RULES: usize = 16;
const MS_PER_MINUTE: i64 = 60_000;

/// One step of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundRule {
    /// At least that many minutes before the start ...
    pub minutes_before: u32,
    /// ... this part of the price is kept, 0 to 100.
    pub fee_percent: u8,
}

/// The rules of giving back: from the earliest step to the last; after it, it is too late.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<RefundRule>")]
pub struct RefundRules(Vec<RefundRule>);

/// Why rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RulesInvalid {
    /// More than [`MAX_RULES`].
    #[error("{0} refund rules are more than {MAX_RULES}")]
    TooMany(usize),
    /// A fee over the whole price.
    #[error("a refund fee of {0} percent is more than the price")]
    Percent(u8),
    /// Not from the earliest to the last.
    #[error("refund rules must be ordered by falling minutes_before")]
    Order,
}

impl RefundRules {
    /// Checks rules; an empty list means that nothing is ever taken back.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(rules: Vec<RefundRule>) -> Result<Self, RulesInvalid> {
        if rules.len() > MAX_RULES {
            return Err(RulesInvalid::TooMany(rules.len()));
        }
        if let Some(rule) = rules.iter().find(|rule| rule.fee_percent > 100) {
            return Err(RulesInvalid::Percent(rule.fee_percent));
        }
        if !rules.is_sorted_by(|earlier, later| earlier.minutes_before > later.minutes_before) {
            return Err(RulesInvalid::Order);
        }
        Ok(Self(rules))
    }

    /// Percent of the price kept now; `None` when it is too late.
    #[must_use]
    pub fn fee_percent(&self, starts_at: i64, now_ms: i64) -> Option<u8> {
        let left = starts_at.saturating_sub(now_ms);
        let rule = self.0.iter().find(|rule| left >= i64::from(rule.minutes_before) * MS_PER_MINUTE)?;
        Some(rule.fee_percent)
    }
}

impl TryFrom<Vec<RefundRule>> for RefundRules {
    type Error = RulesInvalid;

    fn try_from(rules: Vec<RefundRule>) -> Result<Self, RulesInvalid> {
        Self::new(rules)
    }
}

impl Default for RefundRules {
    /// A day before nothing is kept, two hours before a tenth, half an hour before three tenths.
    fn default() -> Self {
        let rule = |minutes_before, fee_percent| RefundRule { minutes_before, fee_percent };
        Self(vec![rule(24 * 60, 0), rule(2 * 60, 10), rule(30, 30)])
    }
}

/// The part of a price that is kept, rounded half up, never more than the price.
///
/// A price is never negative; one that is keeps nothing.
#[must_use]
pub fn fee(price: i64, percent: u8) -> i64 {
    let kept = (i128::from(price.max(0)) * i128::from(percent) + 50) / 100;
    i64::try_from(kept).unwrap_or(i64::MAX).min(price.max(0))
}

/// Why money is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundReason {
    /// The buyer asked.
    Buyer,
    /// The screening does not take place.
    ScreeningCancelled,
    /// The payment came when the seats were gone.
    PaidTooLate,
}

impl RefundReason {
    /// As the contract and the store spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "BUYER",
            Self::ScreeningCancelled => "SCREENING_CANCELLED",
            Self::PaidTooLate => "PAID_TOO_LATE",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Buyer, Self::ScreeningCancelled, Self::PaidTooLate]
            .into_iter()
            .find(|reason| reason.as_str() == text)
    }
}

/// A ticket of the order money is asked back for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundTicket<'a> {
    /// The seat.
    pub seat: &'a str,
    /// The other half of a couple seat.
    pub partner: Option<&'a str>,
    /// What was paid for it, minor units.
    pub price: i64,
    /// Whether it holds.
    pub state: TicketState,
    /// The refund that gave it back.
    pub refund_id: Option<i64>,
}

/// What is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Positions of the tickets in the list that was given, ascending.
    pub tickets: Vec<usize>,
    /// What the buyer gets, minor units.
    pub amount: i64,
    /// What is kept, minor units.
    pub fee: i64,
    /// Whether no valid ticket is left afterwards.
    pub everything: bool,
}

/// The answer to a wish for money back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundDecision {
    /// Do this.
    New(Quote),
    /// All of it was given back before, lastly by this refund: answer with it.
    Repeat {
        /// The refund.
        refund_id: i64,
    },
}

/// Why no money is given back.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RefundRefused {
    /// There is nothing to give back.
    #[error("the order is not paid")]
    OrderNotPaid,
    /// Too close to the start, or after it.
    #[error("it is too late to give seats back")]
    TooLate,
    /// Seats of somebody else, or of nobody.
    #[error("not in this order: {}", .0.join(", "))]
    SeatNotInOrder(Vec<String>),
    /// Who was let in cannot give the seat back.
    #[error("already used: {}", .0.join(", "))]
    TicketUsed(Vec<String>),
    /// Halves of couple seats without the other half.
    #[error("given back only together with its other half: {}", .0.join(", "))]
    CoupleSeatSplit(Vec<String>),
}

/// Decides what a buyer gets back for some seats, or for all that are left where `seats` is empty.
///
/// Seats given back before are passed over; where nothing else was asked for, the decision names
/// the refund that did it, even when it would now be too late.
///
/// # Errors
/// Why nothing is given back.
pub fn decide(
    rules: &RefundRules,
    starts_at: i64,
    now_ms: i64,
    order: OrderState,
    tickets: &[RefundTicket<'_>],
    seats: &[String],
) -> Result<RefundDecision, RefundRefused> {
    if !matches!(order, OrderState::Paid | OrderState::PartiallyRefunded | OrderState::Refunded) {
        return Err(RefundRefused::OrderNotPaid);
    }
    check_in_order(tickets, seats)?;
    let wanted: Vec<usize> = (0..tickets.len())
        .filter(|at| seats.is_empty() || seats.iter().any(|seat| seat == tickets[*at].seat))
        .collect();
    let chosen: Vec<usize> =
        wanted.iter().copied().filter(|at| tickets[*at].state != TicketState::Void).collect();
    if chosen.is_empty() {
        let last = wanted.iter().filter_map(|at| tickets[*at].refund_id).max();
        return last.map(|refund_id| RefundDecision::Repeat { refund_id }).ok_or(RefundRefused::OrderNotPaid);
    }
    check_given_back(tickets, &chosen)?;
    let percent = rules.fee_percent(starts_at, now_ms).ok_or(RefundRefused::TooLate)?;
    Ok(RefundDecision::New(quote(tickets, chosen, percent)))
}

/// What is given back when the cinema cannot keep its word: every ticket that is not void, in full.
///
/// `None` where nothing is left.
#[must_use]
pub fn in_full(tickets: &[RefundTicket<'_>]) -> Option<Quote> {
    let chosen: Vec<usize> =
        (0..tickets.len()).filter(|at| tickets[*at].state != TicketState::Void).collect();
    (!chosen.is_empty()).then(|| quote(tickets, chosen, 0))
}

fn quote(tickets: &[RefundTicket<'_>], chosen: Vec<usize>, percent: u8) -> Quote {
    let mut amount: i64 = 0;
    let mut kept: i64 = 0;
    for ticket in chosen.iter().map(|at| &tickets[*at]) {
        let part = fee(ticket.price, percent);
        kept = kept.saturating_add(part);
        amount = amount.saturating_add(ticket.price.max(0) - part);
    }
    let live = tickets.iter().filter(|ticket| ticket.state != TicketState::Void).count();
    let everything = chosen.len() == live;
    Quote { tickets: chosen, amount, fee: kept, everything }
}

fn check_in_order(tickets: &[RefundTicket<'_>], seats: &[String]) -> Result<(), RefundRefused> {
    let strange: Vec<String> = seats
        .iter()
        .filter(|seat| !tickets.iter().any(|ticket| ticket.seat == seat.as_str()))
        .cloned()
        .collect();
    if strange.is_empty() { Ok(()) } else { Err(RefundRefused::SeatNotInOrder(strange)) }
}

fn check_given_back(tickets: &[RefundTicket<'_>], chosen: &[usize]) -> Result<(), RefundRefused> {
    let names = |fits: &dyn Fn(&RefundTicket<'_>) -> bool| -> Vec<String> {
        chosen.iter().map(|at| &tickets[*at]).filter(|t| fits(t)).map(|t| t.seat.to_owned()).collect()
    };
    let used = names(&|ticket| ticket.state == TicketState::Used);
    if !used.is_empty() {
        return Err(RefundRefused::TicketUsed(used));
    }
    // The other half must go too, unless it is gone already.
    let stays = |seat: &str| {
        let at = tickets.iter().position(|ticket| ticket.seat == seat);
        at.is_some_and(|at| tickets[at].state != TicketState::Void && !chosen.contains(&at))
    };
    let split = names(&|ticket| ticket.partner.is_some_and(stays));
    if split.is_empty() { Ok(()) } else { Err(RefundRefused::CoupleSeatSplit(split)) }
}

#[cfg(test)]
#[path = "refund_tests.rs"]
mod tests;
