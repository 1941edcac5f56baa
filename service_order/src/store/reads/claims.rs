//! Reading claims.

use micro::Problem;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::Reads;
use crate::domain::order::OrderItem;
use crate::domain::state::OrderState;
use crate::store::rows;

/// A seat that is not free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedSeat {
    /// The seat.
    pub seat: String,
    /// Whose it is.
    pub order_id: i64,
    /// Whether it is paid for; otherwise it is held.
    pub sold: bool,
}

/// A claim and the order it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimAndOrder {
    /// The screening.
    pub film_sid: i64,
    /// The seat.
    pub seat: String,
    /// The order it names.
    pub order_id: i64,
    /// That order's screening and seats; nothing where there is no such order.
    pub order: Option<(i64, Vec<OrderItem>)>,
}

impl Reads {
    /// The seats of a screening that are not free.
    ///
    /// # Errors
    /// The database's.
    pub async fn claimed(&self, film_sid: i64) -> Result<Vec<ClaimedSeat>, Problem> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT c.seat, c.order_id, o.state FROM seat_claim c JOIN orders o ON o.order_id = c.order_id WHERE c.film_sid = $1",
        )
        .bind(film_sid)
        .fetch_all(self.0.pool())
        .await?;
        let sold = |state| rows::order_state(state) != OrderState::Pending;
        let claimed = |(seat, order_id, state)| ClaimedSeat { seat, order_id, sold: sold(state) };
        Ok(rows.into_iter().map(claimed).collect())
    }

    /// Claims after that of a screening and seat, in this order, each with the order it names.
    ///
    /// # Errors
    /// The database's.
    pub async fn claims_after(
        &self,
        (film_sid, seat): (i64, &str),
        most: i64,
    ) -> Result<Vec<ClaimAndOrder>, Problem> {
        let text = "SELECT c.film_sid, c.seat, c.order_id, o.film_sid, o.items FROM seat_claim c \
                    LEFT JOIN orders o ON o.order_id = c.order_id \
                    WHERE (c.film_sid, c.seat) > ($1, $2) ORDER BY c.film_sid, c.seat LIMIT $3";
        let query = sqlx::query(text).bind(film_sid).bind(seat).bind(most);
        query.fetch_all(self.0.pool()).await?.iter().map(claim_and_order).collect()
    }
}

fn claim_and_order(row: &AnyRow) -> Result<ClaimAndOrder, Problem> {
    let (of, items): (Option<i64>, Option<&str>) = (row.try_get(3)?, row.try_get(4)?);
    let items = items.map(rows::items).transpose().map_err(Problem::internal)?;
    Ok(ClaimAndOrder {
        film_sid: row.try_get(0)?,
        seat: row.try_get(1)?,
        order_id: row.try_get(2)?,
        order: of.zip(items),
    })
}
