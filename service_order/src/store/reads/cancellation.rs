//! How far the orders of a cancelled screening have come.

use micro::Problem;

use super::Reads;
use crate::domain::refund::RefundReason;
use crate::domain::state::RefundState;
use crate::store::rows;

/// Orders of a cancelled screening, by what became of them. Money in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    /// When its sale was stopped; nothing where it was not.
    pub stopped_at: Option<i64>,
    /// Whether no further order can come to light.
    pub settled: bool,
    /// ISO 4217 code; empty where nothing was sold.
    pub currency: String,
    /// Whose money is back: orders, money.
    pub refunded: (i64, i64),
    /// Whose money is on its way.
    pub open: (i64, i64),
    /// Whose refund the provider refused.
    pub failed: (i64, i64),
    /// That still have their seats.
    pub waiting: i64,
}

impl Reads {
    /// What became of the orders of a screening that was cancelled.
    ///
    /// # Errors
    /// The database's.
    pub async fn ended(&self, film_sid: i64) -> Result<Ended, Problem> {
        let mut transaction = self.0.begin_read().await?;
        let text = "SELECT stopped_at, settled FROM stopped_screening WHERE film_sid = $1";
        let stopped: Option<(i64, i64)> =
            sqlx::query_as(text).bind(film_sid).fetch_optional(&mut *transaction).await?;
        let text = "SELECT o.currency, r.state, COUNT(*), CAST(SUM(r.amount) AS BIGINT) \
                    FROM orders o JOIN refund r ON r.order_id = o.order_id AND r.reason = $2 \
                    WHERE o.film_sid = $1 GROUP BY o.currency, r.state";
        let reason = RefundReason::ScreeningCancelled.as_str();
        let query = sqlx::query_as(text).bind(film_sid).bind(reason);
        let refunds: Vec<(String, i64, i64, i64)> = query.fetch_all(&mut *transaction).await?;
        let text = "SELECT COUNT(*) FROM orders WHERE film_sid = $1 AND state IN (1, 2, 3)";
        let waiting = sqlx::query_scalar(text).bind(film_sid).fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        let mut ended = Ended {
            stopped_at: stopped.map(|(stopped_at, _)| stopped_at),
            settled: stopped.is_some_and(|(_, settled)| settled == 1),
            waiting,
            ..Ended::default()
        };
        for (currency, state, orders, amount) in refunds {
            let count = match rows::refund_state(state) {
                RefundState::Succeeded => &mut ended.refunded,
                RefundState::Failed => &mut ended.failed,
                RefundState::Created | RefundState::Unspecified => &mut ended.open,
            };
            *count = (count.0 + orders, count.1 + amount);
            ended.currency = currency;
        }
        Ok(ended)
    }
}
