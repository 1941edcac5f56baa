//! Orders as the contract shows them.

use contract::order as proto;
use micro::Problem;

use crate::domain::order::{Aggregate, Order, Payment, Refund};
use crate::domain::state::TicketState;
use crate::tickets::TicketOffice;

/// An order with all that happened to it, tickets signed.
pub fn order(aggregate: &Aggregate, office: &TicketOffice) -> Result<proto::Order, Problem> {
    let currency = &aggregate.order.currency;
    let mut reply = summary(&aggregate.order);
    reply.payments = aggregate.payments.iter().map(|payment| self::payment(payment, currency)).collect();
    reply.refunds = aggregate.refunds.iter().map(|refund| self::refund(refund, currency)).collect();
    reply.tickets = tickets(aggregate, office)?;
    Ok(reply)
}

/// An order without what happened to it.
pub fn summary(order: &Order) -> proto::Order {
    let seat = |item: &crate::domain::order::OrderItem| proto::OrderSeat {
        seat: item.seat.to_string(),
        ticket_type: item.ticket_type,
        category: item.category.to_string(),
        price: item.price,
    };
    proto::Order {
        order_id: order.order_id,
        film_sid: order.film_sid,
        user_id: order.user_id,
        state: order.state.into(),
        seats: order.items.iter().map(seat).collect(),
        amount: order.amount,
        currency: order.currency.to_string(),
        created_at: order.created_at,
        expires_at: order.expires_at,
        paid_at: order.paid_at,
        cinema_id: order.cinema_id,
        film_id: order.film_id,
        starts_at: order.starts_at,
        ..proto::Order::default()
    }
}

/// An attempt to pay.
pub fn payment(payment: &Payment, currency: &str) -> proto::Payment {
    proto::Payment {
        payment_id: payment.payment_id,
        state: payment.state.into(),
        amount: payment.amount,
        currency: currency.to_owned(),
        provider: payment.provider.clone(),
        decline_code: payment.decline_code.clone(),
        created_at: payment.created_at,
    }
}

/// Money given back.
pub fn refund(refund: &Refund, currency: &str) -> proto::Refund {
    proto::Refund {
        refund_id: refund.refund_id,
        state: refund.state.into(),
        seats: refund.seats.iter().map(ToString::to_string).collect(),
        amount: refund.amount,
        fee: refund.fee,
        currency: currency.to_owned(),
        created_at: refund.created_at,
        reason: refund.reason.as_str().to_owned(),
    }
}

fn tickets(aggregate: &Aggregate, office: &TicketOffice) -> Result<Vec<proto::Ticket>, Problem> {
    let all = (0..aggregate.tickets.len()).map(|at| ticket(aggregate, at, office).transpose());
    all.flatten().collect()
}

/// The ticket at a position, where there is one.
pub fn ticket(
    aggregate: &Aggregate,
    at: usize,
    office: &TicketOffice,
) -> Result<Option<proto::Ticket>, Problem> {
    let (Some(item), Some(ticket)) = (aggregate.order.items.get(at), aggregate.tickets.get(at)) else {
        return Ok(None);
    };
    let (ticket_id, code) = office.code(&aggregate.order, at)?;
    let void = ticket.state == TicketState::Void;
    Ok(Some(proto::Ticket {
        ticket_id,
        seat: item.seat.to_string(),
        ticket_type: item.ticket_type,
        price: item.price,
        state: ticket.state.into(),
        code: if void { String::new() } else { code },
        used_at: ticket.used_at,
    }))
}
