//! What the visitor has bought of a screening already.

use contract::order::{ListMineRequest, Order, order};
use fluent_bundle::FluentValue;

use crate::State;
use crate::hall::Hall;
use crate::hall::choice::Choice;
use crate::visitor::Visitor;

use super::notices::Notice;

/// Orders looked through: of those that hold seats all are among the newest.
const LOOKED_THROUGH: i32 = 50;

/// The visitor's orders of a screening, open and paid.
#[derive(Default)]
pub struct Yours {
    open: Vec<Order>,
    paid: Vec<Order>,
}

/// What the visitor has bought; nothing where nobody is signed in, or where it cannot be learnt:
/// the page is there without it.
pub async fn of(state: &State, visitor: &Visitor, film_sid: i64) -> Yours {
    if visitor.signed_in.is_none() {
        return Yours::default();
    }
    let request = ListMineRequest { page_size: LOOKED_THROUGH, page_token: String::new() };
    let listed = match state.services.orders().list_mine(visitor.ask(request)).await {
        Ok(listed) => listed.into_inner().orders,
        Err(status) => {
            let (code, trace_id) = (status.code(), visitor.origin.trace);
            tracing::warn!(?code, %trace_id, "a visitor's orders could not be listed");
            return Yours::default();
        }
    };
    let here = listed.into_iter().filter(|order| order.film_sid == film_sid);
    let (open, rest): (Vec<_>, Vec<_>) = here.partition(|order| order.state() == order::State::Pending);
    let paid = rest.into_iter().filter(|order| order.state() == order::State::Paid);
    Yours {
        paid: paid.collect(),
        open: open.into_iter().filter(|order| order.expires_at > state.clock.now_ms()).collect(),
    }
}

/// Where the page of an order is.
pub fn place(order: &Order) -> String {
    format!("/orders/{}", order.order_id)
}

impl Yours {
    /// The open order of exactly this choice.
    pub fn holding(&self, choice: &Choice) -> Option<&Order> {
        let mut wanted: Vec<_> =
            choice.0.iter().map(|(seat, ticket)| (seat.as_str(), i32::from(*ticket))).collect();
        wanted.sort_unstable();
        self.open.iter().find(|order| {
            let mut held: Vec<_> =
                order.seats.iter().map(|item| (item.seat.as_str(), item.ticket_type)).collect();
            held.sort_unstable();
            held == wanted
        })
    }

    /// Whether a seat is the visitor's.
    pub fn has(&self, seat: &str) -> bool {
        self.open.iter().chain(&self.paid).flat_map(|order| &order.seats).any(|item| item.seat == seat)
    }

    /// The seats of a hall that are held for the visitor.
    pub fn held(&self, hall: &Hall) -> Vec<usize> {
        let held = self.open.iter().flat_map(|order| &order.seats);
        held.filter_map(|item| hall.find(&item.seat)).collect()
    }

    /// What is told of them: an open order is to be paid, a paid one has its tickets.
    pub fn notices(&self, visitor: &Visitor) -> Vec<Notice> {
        let told = |order: &Order, words: &str, link: &str| {
            let names: Vec<String> = order.seats.iter().map(|item| item.seat.clone()).collect();
            let values =
                [("seats", visitor.language.list(&names).into()), ("count", FluentValue::from(names.len()))];
            let mut notice = Notice::good(visitor.language.text_with(words, &values));
            notice.leads = Some((place(order), visitor.language.text(link)));
            notice
        };
        let open = self.open.iter().map(|order| told(order, "hall-yours-held", "hall-yours-pay"));
        let paid = self.paid.iter().map(|order| told(order, "hall-yours-paid", "hall-yours-tickets"));
        open.chain(paid).collect()
    }
}
