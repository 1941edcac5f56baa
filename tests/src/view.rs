//! Answers as a client reads them. A field that is new, missing or of another type fails the test.

use std::collections::BTreeMap;

use serde::Deserialize;

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Order {
    pub order_id: i64,
    pub film_sid: i64,
    pub user_id: i64,
    pub state: String,
    pub seats: Vec<OrderSeat>,
    pub amount: i64,
    pub currency: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub paid_at: i64,
    pub payments: Vec<Payment>,
    pub tickets: Vec<Ticket>,
    pub refunds: Vec<Refund>,
    pub cinema_id: i64,
    pub film_id: i64,
    pub starts_at: i64,
}

/// A seat in an order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct OrderSeat {
    pub seat: String,
    pub ticket_type: String,
    pub category: String,
    pub price: i64,
}

/// An attempt to pay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Payment {
    pub payment_id: i64,
    pub state: String,
    pub amount: i64,
    pub currency: String,
    pub provider: String,
    pub decline_code: String,
    pub created_at: i64,
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Ticket {
    pub ticket_id: i64,
    pub seat: String,
    pub ticket_type: String,
    pub price: i64,
    pub state: String,
    pub code: String,
    pub used_at: i64,
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Refund {
    pub refund_id: i64,
    pub state: String,
    pub seats: Vec<String>,
    pub amount: i64,
    pub fee: i64,
    pub currency: String,
    pub created_at: i64,
    pub reason: String,
}

/// What became of a wish to pay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Paid {
    pub order: Order,
    pub payment: Payment,
}

/// What became of a wish for money back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct GivenBack {
    pub order: Order,
    pub refund: Refund,
}

/// A page of orders.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct OrderPage {
    pub orders: Vec<Order>,
    pub next_page_token: String,
}

/// A hall, as far as tests look at it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[allow(missing_docs)]
pub struct Hall {
    pub seats: Vec<HallSeat>,
    pub sequence: i64,
    pub free: usize,
    pub as_of: i64,
}

/// A seat of a hall.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[allow(missing_docs)]
pub struct HallSeat {
    pub seat: String,
    pub kind: String,
    pub state: String,
    pub category: String,
}

impl Hall {
    /// State by seat.
    #[must_use]
    pub fn states(&self) -> BTreeMap<&str, &str> {
        self.seats.iter().map(|seat| (seat.seat.as_str(), seat.state.as_str())).collect()
    }

    /// State of a seat.
    #[must_use]
    pub fn state(&self, seat: &str) -> &str {
        self.states().get(seat).copied().unwrap_or_else(|| panic!("the hall has no seat {seat}"))
    }

    /// Seats in a state.
    #[must_use]
    pub fn in_state(&self, state: &str) -> Vec<&str> {
        self.seats.iter().filter(|seat| seat.state == state).map(|seat| seat.seat.as_str()).collect()
    }
}

impl Order {
    /// Names of its seats.
    #[must_use]
    pub fn seat_names(&self) -> Vec<&str> {
        self.seats.iter().map(|seat| seat.seat.as_str()).collect()
    }

    /// Tickets that still hold.
    pub fn live_tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.iter().filter(|ticket| ticket.state != "VOID")
    }

    /// Seats that nobody else can have because of this order.
    #[must_use]
    pub fn claimed(&self) -> Vec<&str> {
        match self.state.as_str() {
            "PENDING" => self.seat_names(),
            "PAID" | "PARTIALLY_REFUNDED" => self.live_tickets().map(|ticket| ticket.seat.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}
