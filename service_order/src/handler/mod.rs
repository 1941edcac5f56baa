//! The RPCs of the order service: each file a group, each handler its story.

mod buy;
mod cancel;
mod check;
mod find;
mod internal;
mod pay;
mod read;
mod refund;
mod reply;
mod report;
mod rpc;
mod scope;
mod webhook;

use std::sync::Arc;

use micro::database::Ids;
use micro::{Caller, Clock, Problem, RequestContext};
use sha2::{Digest, Sha256};

use crate::buyers::Buyers;
use crate::committer::{Actor, Committer, Key};
use crate::config::Config;
use crate::domain::problem;
use crate::facts::FactsCache;
use crate::gate::Gate;
use crate::keyed::KeyTurns;
use crate::settlement::Settlement;
use crate::store::reads::Reads;
use crate::tickets::TicketOffice;

/// What the handlers share.
#[derive(Clone)]
pub struct Orders(pub Arc<Parts>);

/// The service's parts.
pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub facts: FactsCache,
    pub buyers: Buyers,
    pub gate: Gate,
    pub committer: Committer,
    pub reads: Reads,
    pub turns: KeyTurns,
    pub order_ids: Ids,
    pub payment_ids: Ids,
    pub refund_ids: Ids,
    pub tickets: TicketOffice,
    pub settlement: Settlement,
}

impl std::ops::Deref for Orders {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Parts {
    /// Who the caller is to an order.
    async fn actor_about(&self, caller: &Caller, order_id: i64) -> Answer<Actor> {
        if !caller.is_staff() || caller.serves_all() {
            // Whatever its cinema.
            return Ok(actor_at(caller, 0));
        }
        // An order never changes its cinema, so what is read here holds when it is decided.
        let cinema_id = self.reads.cinema_of(order_id).await?.ok_or_else(problem::order_not_found)?;
        Ok(actor_at(caller, cinema_id))
    }
}

/// Who the caller is to what belongs to a cinema: staff are everywhere else customers as others.
fn actor_at(caller: &Caller, cinema_id: i64) -> Actor {
    if caller.serves(cinema_id) { Actor::Staff(caller.user_id) } else { Actor::Customer(caller.user_id) }
}

/// The key of a call and what it was used for; `content` is the request, always spelled the same.
fn key(context: &RequestContext, operation: &str, content: &[u8]) -> Option<Key> {
    let name = context.idempotency_key.as_deref()?;
    let digest = Sha256::new().chain_update(operation).chain_update([0]).chain_update(content).finalize();
    // 63 bits are plenty against two requests of one person that happen to agree.
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    Some(Key { name: name.into(), fingerprint: i64::from_be_bytes(first) & i64::MAX })
}

type Answer<T> = Result<T, Problem>;
