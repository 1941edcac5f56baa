//! What the page of an order says.

use contract::film::TicketType;
use contract::order::{Order, Payment, Ticket, payment, ticket};
use fluent_bundle::FluentValue;

use super::phase::{Phase, look};
use super::refund_view::{self, RefundView};
use crate::format;
use crate::language::Language;
use crate::showing::Showing;
use crate::ticket::squares::Squares;

const MS_PER_SECOND: i64 = 1_000;
/// Decline codes the site has words for.
const DECLINE_CODES: [&str; 3] = ["card_declined", "insufficient_funds", "card_expired"];

/// An order in words.
pub struct OrderView {
    pub id: String,
    pub film_sid: i64,
    pub phase: Phase,
    /// Compared by the page's script.
    pub look: String,
    /// What happened, in sentences.
    pub story: Vec<String>,
    pub seats: Vec<SeatLine>,
    pub total: String,
    pub hold: Hold,
    /// Why the last attempt to pay failed.
    pub declined: Option<String>,
    pub tickets: Vec<TicketView>,
    pub refunds: Vec<RefundView>,
    /// Whether there are seats that could be given back.
    pub can_refund: bool,
}

/// A seat and its price.
pub struct SeatLine {
    pub seat: String,
    pub ticket_type: String,
    pub category: String,
    pub price: String,
}

/// How long the seats are held, milliseconds UTC.
pub struct Hold {
    pub now: i64,
    pub ends: i64,
    /// What is left, as a clock shows it: `9:58`.
    pub left: String,
    /// When it ends, as a clock at the cinema shows it; empty where that is not known.
    pub clock: String,
}

/// A ticket to be shown.
pub struct TicketView {
    pub seat: String,
    pub ticket_type: String,
    pub price: String,
    /// The price with the currency's name, which can be printed everywhere.
    pub plain_price: String,
    pub code: String,
    /// Width and height of the squares.
    pub size: usize,
    /// The squares as a path.
    pub path: String,
    pub used: bool,
}

impl OrderView {
    /// An order as it is at a time.
    pub fn new(language: Language, order: &Order, showing: Option<&Showing>, now_ms: i64) -> Self {
        let phase = Phase::of(order, now_ms);
        Self {
            id: order.order_id.to_string(),
            film_sid: order.film_sid,
            phase,
            look: look(order, now_ms),
            story: story(language, order, phase, showing),
            seats: order
                .seats
                .iter()
                .map(|seat| SeatLine {
                    seat: seat.seat.clone(),
                    ticket_type: ticket_type(language, seat.ticket_type()),
                    category: seat.category.clone(),
                    price: format::money(language, seat.price, &order.currency),
                })
                .collect(),
            total: format::money(language, order.amount, &order.currency),
            hold: Hold {
                now: now_ms,
                ends: order.expires_at,
                left: left(order.expires_at - now_ms),
                clock: showing.map(|showing| showing.clock(order.expires_at)).unwrap_or_default(),
            },
            declined: order.payments.last().and_then(|payment| declined(language, payment)),
            tickets: order
                .tickets
                .iter()
                .filter_map(|ticket| shown(language, ticket, &order.currency))
                .collect(),
            refunds: order
                .refunds
                .iter()
                .map(|refund| refund_view::of(language, order, refund, showing))
                .collect(),
            can_refund: order.tickets.iter().any(|ticket| ticket.state() == ticket::State::Valid),
        }
    }
}

/// Who a ticket is for.
pub fn ticket_type(language: Language, of: TicketType) -> String {
    language.text(match of {
        TicketType::Unspecified | TicketType::Adult => "order-ticket-adult",
        TicketType::Child => "order-ticket-child",
        TicketType::Student => "order-ticket-student",
        TicketType::Senior => "order-ticket-senior",
    })
}

/// Seats in words: `Seats A1, A2`.
pub fn seats<'a>(language: Language, seats: impl IntoIterator<Item = &'a str>) -> String {
    let seats: Vec<&str> = seats.into_iter().collect();
    let count = FluentValue::from(seats.len());
    language.text_with("order-seats-are", &[("count", count), ("seats", language.list(&seats).into())])
}

/// What is left of a time, as a clock shows it.
fn left(milliseconds: i64) -> String {
    // A second that has begun counts: the clock shows nothing left when nothing is.
    let seconds = (milliseconds.max(0) + MS_PER_SECOND - 1) / MS_PER_SECOND;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn declined(language: Language, payment: &Payment) -> Option<String> {
    if payment.state() != payment::State::Failed {
        return None;
    }
    let known = DECLINE_CODES.contains(&&*payment.decline_code);
    let code = if known { payment.decline_code.replace('_', "-") } else { "other".to_owned() };
    Some(language.text(&format!("order-declined-{code}")))
}

/// What became of the order, where its state alone does not tell.
fn story(language: Language, order: &Order, phase: Phase, showing: Option<&Showing>) -> Vec<String> {
    let is_cancelled = showing.is_some_and(|showing| showing.screening.cancelled);
    let because = |reason: &str| order.refunds.iter().find(|refund| refund.reason == reason);
    let mut story = Vec::new();
    if phase.has_tickets() && order.paid_at > order.expires_at {
        story.push(language.text("order-story-seats-taken-again"));
    }
    if let Some(refund) = because("PAID_TOO_LATE") {
        let amount = FluentValue::from(format::money(language, refund.amount, &refund.currency));
        story.push(language.text_with("order-story-paid-too-late", &[("amount", amount)]));
    } else if because("SCREENING_CANCELLED").is_some() {
        story.push(language.text("order-story-screening-cancelled"));
    } else if phase == Phase::Cancelled && is_cancelled {
        // Given up with the screening, or by the buyer before that: the order does not tell.
        story.push(language.text("order-story-cancelled-with-screening"));
    } else {
        story.push(language.text(&format!("order-story-{}", phase.name())));
    }
    story
}

/// A ticket that holds or was shown; nothing for one that was given back.
fn shown(language: Language, ticket: &Ticket, currency: &str) -> Option<TicketView> {
    if ticket.state() == ticket::State::Void {
        return None;
    }
    let squares = Squares::of(&ticket.code)?;
    Some(TicketView {
        seat: ticket.seat.clone(),
        ticket_type: ticket_type(language, ticket.ticket_type()),
        price: format::money(language, ticket.price, currency),
        plain_price: format!("{} {currency}", format::decimal(ticket.price, currency)),
        code: ticket.code.clone(),
        size: squares.size,
        path: squares.path(),
        used: ticket.state() == ticket::State::Used,
    })
}

#[cfg(test)]
mod tests {
    use super::left;

    #[test]
    fn the_clock_shows_nothing_only_when_nothing_is_left() {
        assert_eq!((&*left(599_001), &*left(1), &*left(0), &*left(-5)), ("10:00", "0:01", "0:00", "0:00"));
    }
}
