//! CheckTicket: who stands at the door with a ticket, and whether they get in.

use contract::order::{CheckTicketRequest, CheckTicketResponse};
use micro::RequestContext;
use prost::Message;

use super::{Answer, Orders, key, reply};
use crate::committer::{Act, Action, Actor, Key};
use crate::domain::admission::{Door, admit};
use crate::domain::facts::Facts;
use crate::domain::order::Aggregate;
use crate::domain::problem;
use crate::ticket_code::TicketClaim;

impl Orders {
    pub(super) async fn check_ticket(
        &self,
        context: &RequestContext,
        wish: CheckTicketRequest,
    ) -> Answer<CheckTicketResponse> {
        let caller = context.caller()?;
        let claim = self.tickets.read(&wish.code)?;
        let facts = self.facts.get(claim.film_sid).await?;
        if !caller.serves(facts.cinema_id) {
            return Err(problem::not_your_cinema());
        }
        let door = self.config.door(&facts, wish.film_sid);
        if !wish.admit {
            let order = self.reads.order(claim.order_id).await?.ok_or_else(problem::ticket_unknown)?;
            // Decided on a copy: nothing is marked.
            let at = admit(&mut order.clone(), claim.ticket_id, &door, 0, self.clock.now_ms())?;
            return self.checked(&order, at, &facts);
        }
        let key = key(context, "CheckTicket", &wish.encode_to_vec());
        self.admit(caller.user_id, &claim, door, key, &facts).await
    }

    async fn admit(
        &self,
        by: i64,
        claim: &TicketClaim,
        door: Door,
        key: Option<Key>,
        facts: &Facts,
    ) -> Answer<CheckTicketResponse> {
        let &TicketClaim { ticket_id, order_id, .. } = claim;
        let action = Action::Admit { ticket_id, door };
        let now_ms = self.clock.now_ms();
        let done = self.committer.act(Act { order_id, actor: Actor::Staff(by), key, action, now_ms }).await;
        let done = done.map_err(|refused| match refused.reason() {
            // Signed by us, and yet not there.
            "ORDER_NOT_FOUND" => problem::ticket_unknown(),
            _ => refused,
        })?;
        let at = done.order.order.position(ticket_id).ok_or_else(problem::ticket_unknown)?;
        self.checked(&done.order.as_of_admission(at), at, facts)
    }

    fn checked(&self, order: &Aggregate, at: usize, facts: &Facts) -> Answer<CheckTicketResponse> {
        let ticket = reply::ticket(order, at, &self.tickets)?;
        Ok(CheckTicketResponse {
            ticket: Some(ticket.ok_or_else(problem::ticket_unknown)?),
            category: order.order.items.get(at).map(|item| item.category.to_string()).unwrap_or_default(),
            order_id: order.order.order_id,
            film_sid: facts.film_sid,
            film_title: facts.film_title.to_string(),
            cinema_id: facts.cinema_id,
            cinema_name: facts.cinema_name.to_string(),
            hall_name: facts.hall_name.to_string(),
            starts_at: facts.starts_at,
            ends_at: facts.ends_at,
        })
    }
}
