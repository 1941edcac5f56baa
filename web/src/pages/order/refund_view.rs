//! What was given back, in words.

use contract::order::{Order, Refund, payment, refund};

use super::view::seats;
use crate::format;
use crate::language::Language;
use crate::showing::Showing;

/// Money that goes back.
pub struct RefundView {
    /// The seats, in words; empty where it is for none in particular.
    pub seats: String,
    pub amount: String,
    pub fee: String,
    /// Whether something is kept.
    pub has_fee: bool,
    /// When; empty where the cinema's clock is not known.
    pub when: String,
    /// Why, in words.
    pub why: String,
    /// Whether the money is back, in words.
    pub state: String,
    pub failed: bool,
    /// Whether it goes back in cash.
    pub cash: bool,
}

/// A refund, or a quote for one.
pub fn of(language: Language, order: &Order, refund: &Refund, showing: Option<&Showing>) -> RefundView {
    let why = match &*refund.reason {
        "SCREENING_CANCELLED" => "order-refund-why-cancelled",
        "PAID_TOO_LATE" => "order-refund-why-late",
        _ => "order-refund-why-buyer",
    };
    let state = match refund.state() {
        refund::State::Succeeded if is_cash(order) => "order-refund-cash",
        refund::State::Succeeded => "order-refund-succeeded",
        refund::State::Failed => "order-refund-failed",
        refund::State::Created | refund::State::Unspecified => "order-refund-created",
    };
    RefundView {
        seats: if refund.seats.is_empty() {
            String::new()
        } else {
            seats(language, refund.seats.iter().map(String::as_str))
        },
        amount: format::money(language, refund.amount, &refund.currency),
        fee: format::money(language, refund.fee, &refund.currency),
        has_fee: refund.fee > 0,
        when: showing.map(|showing| showing.moment(language, refund.created_at)).unwrap_or_default(),
        why: language.text(why),
        state: language.text(state),
        failed: refund.state() == refund::State::Failed,
        cash: is_cash(order),
    }
}

/// Whether the order was paid at the counter: money goes back the way it came.
fn is_cash(order: &Order) -> bool {
    let paid = order.payments.iter().find(|payment| payment.state() == payment::State::Succeeded);
    paid.is_some_and(|payment| payment.provider == CASH)
}

/// The provider of what is paid at the counter.
const CASH: &str = "cash";
