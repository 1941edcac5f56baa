//! Who is let in at the door: the bearer of a valid ticket, in time, once.

use thiserror::Error;

use super::order::Aggregate;
use super::state::{TicketEvent, TicketState, ticket_after};

/// A door, and what is on behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    /// The screening it is for; any where 0.
    pub film_sid: i64,
    /// From when people are let in to the ticket's screening.
    pub opens_at: i64,
    /// From when no longer.
    pub closes_at: i64,
    /// Whether the ticket's screening does not take place.
    pub cancelled: bool,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AdmitRefused {
    /// It was given back, or never paid.
    #[error("the ticket is void: its seat was given back")]
    Void,
    /// Somebody went in with it.
    #[error("the ticket was used before")]
    Used {
        /// When.
        used_at: i64,
    },
    /// It is for something else than what is on behind this door.
    #[error("the ticket is for another screening")]
    OtherScreening {
        /// For this one.
        film_sid: i64,
    },
    /// The screening does not take place; the money is on its way back.
    #[error("the screening was cancelled")]
    Cancelled,
    /// The doors are still closed.
    #[error("it is too early for this ticket")]
    TooEarly {
        /// When they open.
        opens_at: i64,
    },
    /// The screening is over.
    #[error("the screening of this ticket is over")]
    TooLate {
        /// When the doors closed.
        closed_at: i64,
    },
}

/// Lets the bearer of a ticket in and marks it used; says where in the order it is.
///
/// `by` is the account of who stands at the door.
///
/// # Errors
/// Why not; then nothing is marked.
pub fn admit(
    order: &mut Aggregate,
    ticket_id: i64,
    door: &Door,
    by: i64,
    now_ms: i64,
) -> Result<usize, AdmitRefused> {
    let film_sid = order.order.film_sid;
    if door.film_sid != 0 && door.film_sid != film_sid {
        return Err(AdmitRefused::OtherScreening { film_sid });
    }
    let at = order.order.position(ticket_id).ok_or(AdmitRefused::Void)?;
    let ticket = order.tickets.get_mut(at).ok_or(AdmitRefused::Void)?;
    if ticket.state == TicketState::Used {
        return Err(AdmitRefused::Used { used_at: ticket.used_at });
    }
    let next = ticket_after(ticket.state, TicketEvent::Shown).ok_or(AdmitRefused::Void)?;
    if door.cancelled {
        return Err(AdmitRefused::Cancelled);
    }
    if now_ms < door.opens_at {
        return Err(AdmitRefused::TooEarly { opens_at: door.opens_at });
    }
    if now_ms >= door.closes_at {
        return Err(AdmitRefused::TooLate { closed_at: door.closes_at });
    }
    ticket.state = next;
    ticket.used_at = now_ms;
    ticket.used_by = by;
    Ok(at)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::ending::screening_cancelled;
    use super::super::order::{Order, OrderItem, Ticket};
    use super::super::state::OrderState;
    use super::*;

    const DOOR: Door = Door { film_sid: 7, opens_at: 100, closes_at: 200, cancelled: false };

    fn paid(seats: usize) -> Aggregate {
        let item = |number| OrderItem {
            seat: format!("A{number}").into(),
            ticket_type: 1,
            category: "Standard".into(),
            price: 1200,
            partner: None,
        };
        let order = Order {
            order_id: 3,
            film_sid: 7,
            film_id: 1,
            cinema_id: 1,
            user_id: 1,
            state: OrderState::Paid,
            items: (0..seats).map(item).collect(),
            amount: 1200 * i64::try_from(seats).unwrap(),
            currency: Arc::from("EUR"),
            starts_at: 150,
            created_at: 1,
            expires_at: 50,
            sweep_at: 50,
            paid_at: 10,
        };
        Aggregate { tickets: vec![Ticket::valid(); seats], ..Aggregate::new(order) }
    }

    #[test]
    fn a_ticket_lets_one_in_and_says_when() {
        let mut order = paid(2);
        let ticket_id = order.order.ticket_id(1);
        assert_eq!(admit(&mut order, ticket_id, &DOOR, 9, 120), Ok(1));
        let used = order.tickets[1];
        assert_eq!((used.state, used.used_at, used.used_by), (TicketState::Used, 120, 9));
        assert_eq!(order.tickets[0], Ticket::valid());
        assert_eq!(admit(&mut order, ticket_id, &DOOR, 9, 130), Err(AdmitRefused::Used { used_at: 120 }));
    }

    #[test]
    fn every_reason_to_keep_somebody_out() {
        let refused = |door: Door, now| admit(&mut paid(1), 3 * 32, &door, 9, now).unwrap_err();
        assert_eq!(refused(Door { film_sid: 8, ..DOOR }, 120), AdmitRefused::OtherScreening { film_sid: 7 });
        assert_eq!(refused(DOOR, 99), AdmitRefused::TooEarly { opens_at: 100 });
        assert_eq!(refused(DOOR, 200), AdmitRefused::TooLate { closed_at: 200 });
        assert_eq!(refused(Door { cancelled: true, ..DOOR }, 120), AdmitRefused::Cancelled);
        for strange in [3 * 32 + 1, 3 * 32 - 1, 4 * 32, 0, i64::MIN] {
            assert_eq!(admit(&mut paid(1), strange, &DOOR, 9, 120), Err(AdmitRefused::Void), "{strange}");
        }
        let mut back = paid(1);
        screening_cancelled(&mut back, 5, 110);
        assert_eq!(admit(&mut back, 3 * 32, &DOOR, 9, 120), Err(AdmitRefused::Void));
        assert!(admit(&mut paid(1), 3 * 32, &Door { film_sid: 0, ..DOOR }, 9, 100).is_ok());
    }

    proptest! {
        /// However often and whenever tickets are shown, each lets one person in at most, and only in time.
        #[test]
        fn nobody_gets_in_twice(shown in prop::collection::vec((0..4i64, 90..210i64), 0..40)) {
            let mut order = paid(3);
            let mut inside = [0; 3];
            for (seat, now) in shown {
                let before = order.clone();
                match admit(&mut order, 3 * 32 + seat, &DOOR, 9, now) {
                    Ok(at) => {
                        prop_assert!((100..200).contains(&now));
                        inside[at] += 1;
                    }
                    Err(_) => prop_assert_eq!(before, order.clone()),
                }
            }
            prop_assert!(inside.iter().all(|count| *count <= 1));
            let used = order.tickets.iter().map(|ticket| i32::from(ticket.state == TicketState::Used));
            prop_assert_eq!(used.collect::<Vec<_>>(), inside);
        }
    }
}
