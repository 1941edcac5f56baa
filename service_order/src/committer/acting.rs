//! One decision on one order, with what it needs of the store.

use micro::Problem;

use super::command::{Act, Action, Actor};
use crate::domain::admission::admit;
use crate::domain::ending::{self, GivenBack};
use crate::domain::order::{Aggregate, Effects};
use crate::domain::paying::{self, Begun};
use crate::domain::problem;
use crate::store::{BeforeBuying, Claim, StoreError, Transaction};

/// What was decided.
pub(super) struct Acted {
    /// The payment or refund that was made, or was made before; else the order.
    pub reference: i64,
    /// What else changes.
    pub effects: Effects,
}

impl Acted {
    fn new(reference: i64, effects: Effects) -> Self {
        Self { reference, effects }
    }

    fn repeated(reference: i64) -> Self {
        Self { reference, effects: Effects::default() }
    }
}

/// Decides; the order is changed only where it succeeds.
pub(super) async fn act<T: Transaction>(
    transaction: &mut T,
    order: &mut Aggregate,
    wish: &Act,
) -> Result<Result<Acted, Problem>, StoreError> {
    let now = wish.now_ms;
    let acted = match &wish.action {
        Action::BeginPayment(new) => match paying::begin(order, new.clone(), now) {
            Ok(Begun::Charge(payment_id)) => Ok(Acted::new(payment_id, Effects::default())),
            Ok(Begun::Repeat(payment_id)) => Ok(Acted::repeated(payment_id)),
            Err(refused) => Err(refused.into()),
        },
        Action::FinishPayment { payment_id, outcome, refund_id } => {
            let again =
                paying::needs_seats(order, *payment_id, outcome) && take_again(transaction, order).await?;
            let effects = paying::finish(order, *payment_id, outcome.clone(), again, *refund_id, now);
            Ok(Acted::new(*payment_id, effects))
        }
        Action::GiveBack { .. } if matches!(wish.actor, Actor::Customer(_)) && order.paid_in_cash() => {
            Err(problem::cash_only_at_the_counter())
        }
        Action::GiveBack { seats, refund_id, rules } => {
            match ending::give_back(order, rules, seats, *refund_id, now) {
                Ok(GivenBack::New(refund_id, effects)) => Ok(Acted::new(refund_id, effects)),
                Ok(GivenBack::Repeat(refund_id)) => Ok(Acted::repeated(refund_id)),
                Err(refused) => Err(refused.into()),
            }
        }
        Action::FinishRefund { refund_id, succeeded } => {
            ending::finish_refund(order, *refund_id, *succeeded);
            Ok(Acted::new(*refund_id, Effects::default()))
        }
        Action::Admit { ticket_id, door } => {
            match admit(order, *ticket_id, door, wish.actor.user_id(), now) {
                Ok(_) => Ok(Acted::new(*ticket_id, Effects::default())),
                Err(refused) => Err(refused.into()),
            }
        }
        Action::Cancel => match ending::cancel(order) {
            Ok(effects) => Ok(Acted::new(wish.order_id, effects)),
            Err(refused) => Err(refused.into()),
        },
        Action::Expire => Ok(Acted::new(wish.order_id, ending::expire(order, now))),
        Action::ScreeningCancelled { refund_id } => {
            let (made, effects) = ending::screening_cancelled(order, *refund_id, now);
            Ok(Acted::new(made.unwrap_or_default(), effects))
        }
    };
    Ok(acted)
}

/// Claims the seats of an expired order once more: all of them or none.
///
/// A screening that is no longer sold takes nobody back.
async fn take_again<T: Transaction>(transaction: &mut T, order: &Aggregate) -> Result<bool, StoreError> {
    let order = &order.order;
    let asked = BeforeBuying { film_sids: vec![order.film_sid], ..BeforeBuying::default() };
    if !transaction.before_buying(&asked).await?.stopped.is_empty() {
        return Ok(false);
    }
    let claim = |seat: &std::sync::Arc<str>| Claim {
        film_sid: order.film_sid,
        seat: seat.clone(),
        order_id: order.order_id,
    };
    let claims: Vec<Claim> = order.items.iter().map(|item| claim(&item.seat)).collect();
    let got = transaction.claim(&claims).await?;
    if got.iter().all(|got| *got) {
        return Ok(true);
    }
    let undone: Vec<Claim> =
        claims.into_iter().zip(got).filter(|(_, got)| *got).map(|(claim, _)| claim).collect();
    transaction.release(&undone).await?;
    Ok(false)
}
