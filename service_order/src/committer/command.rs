//! What can be asked of the committer, and its answers.

use std::sync::Arc;

use micro::Problem;

use crate::domain::admission::Door;
use crate::domain::order::{Aggregate, Order};
use crate::domain::paying::{NewPayment, Outcome};
use crate::domain::refund::RefundRules;

/// Who wants something done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A person, on their own orders only.
    Customer(i64),
    /// Somebody who sells, on anybody's orders; the account that does it.
    Staff(i64),
    /// The system itself.
    System,
}

impl Actor {
    /// Whether an order of that buyer exists for this actor.
    #[must_use]
    pub fn sees(self, buyer: i64) -> bool {
        match self {
            Self::Customer(user_id) => user_id == buyer,
            Self::Staff(_) | Self::System => true,
        }
    }

    /// The account idempotency keys belong to.
    #[must_use]
    pub fn user_id(self) -> i64 {
        match self {
            Self::Customer(user_id) | Self::Staff(user_id) => user_id,
            Self::System => 0,
        }
    }
}

/// An idempotency key as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: Arc<str>,
    /// Of the operation and its content.
    pub fingerprint: i64,
}

/// Seats to sell.
#[derive(Debug, Clone)]
pub struct Buy {
    /// The order to open, PENDING.
    pub order: Order,
    /// Who buys.
    pub actor: Actor,
    /// The caller's key.
    pub key: Option<Key>,
    /// How many unpaid orders the buyer may have, where there is a limit.
    pub most_open: Option<MostOpen>,
}

/// How many unpaid orders a buyer may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MostOpen {
    /// So many, this one included.
    pub orders: u32,
    /// What was opened before this has ended by now, milliseconds UTC.
    pub since: i64,
}

/// Something to do about an order there is.
#[derive(Debug, Clone)]
pub struct Act {
    /// The order.
    pub order_id: i64,
    /// Who wants it.
    pub actor: Actor,
    /// The caller's key.
    pub key: Option<Key>,
    /// What.
    pub action: Action,
    /// When it was asked, milliseconds UTC.
    pub now_ms: i64,
}

/// What to do about an order.
#[derive(Debug, Clone)]
pub enum Action {
    /// Begin to pay.
    BeginPayment(NewPayment),
    /// Take note of what became of a payment.
    FinishPayment {
        /// Which.
        payment_id: i64,
        /// What.
        outcome: Outcome,
        /// Id for a refund, should the money have to go back.
        refund_id: i64,
    },
    /// Give seats back at the buyer's wish.
    GiveBack {
        /// Which; all that are left where empty.
        seats: Vec<String>,
        /// Id of the refund.
        refund_id: i64,
        /// The rules.
        rules: Arc<RefundRules>,
    },
    /// Take note of what the provider did about a refund.
    FinishRefund {
        /// Which.
        refund_id: i64,
        /// Whether the money went back.
        succeeded: bool,
    },
    /// Let the bearer of a ticket in.
    Admit {
        /// Which.
        ticket_id: i64,
        /// Where it was shown.
        door: Door,
    },
    /// Give an unpaid order up.
    Cancel,
    /// End the hold if its time is over.
    Expire,
    /// The screening does not take place.
    ScreeningCancelled {
        /// Id of the refund, should there be one.
        refund_id: i64,
    },
}

impl Action {
    /// What staff did, as the log of their acts spells it; nothing for what only the system does.
    #[must_use]
    pub fn by_staff(&self) -> Option<&'static str> {
        match self {
            Self::BeginPayment(_) => Some("PAY"),
            Self::GiveBack { .. } => Some("REFUND"),
            Self::Admit { .. } => Some("ADMIT"),
            Self::Cancel => Some("CANCEL"),
            _ => None,
        }
    }
}

/// One piece of a batch.
#[derive(Debug, Clone)]
pub enum Command {
    /// Open an order.
    Buy(Box<Buy>),
    /// Do something about one.
    Act(Box<Act>),
    /// Sell no more seats of a screening.
    Stop {
        /// Which.
        film_sid: i64,
        /// When.
        now_ms: i64,
    },
}

/// What was done.
#[derive(Debug, Clone)]
pub struct Done {
    /// The order as it is now.
    pub order: Aggregate,
    /// The order, payment or refund that was made, or was made before.
    pub reference: i64,
}

/// The committer's answer; `None` to a command that is about no order.
pub type Answer = Result<Option<Done>, Problem>;
