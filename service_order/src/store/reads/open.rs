//! Reading what the provider still has to answer.

use micro::Problem;

use super::Reads;

micro::row! {
    /// A payment or a refund that has no answer yet.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Open {
        /// When it was begun, milliseconds UTC.
        pub created_at: i64,
        /// Its id.
        pub id: i64,
        /// Its order.
        pub order_id: i64,
    }
}

impl Open {
    /// Its place among all: by time, then by id.
    #[must_use]
    pub fn place(&self) -> (i64, i64) {
        (self.created_at, self.id)
    }
}

impl Reads {
    /// Payments begun before `old` that have no answer, oldest first, after the one at that place.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_payments(&self, old: i64, after: (i64, i64), most: i64) -> Result<Vec<Open>, Problem> {
        let text = "SELECT created_at, payment_id AS id, order_id FROM payment \
                    WHERE state = 2 AND created_at < $1 AND (created_at, payment_id) > ($2, $3) \
                    ORDER BY created_at, payment_id LIMIT $4";
        self.open(text, old, after, most).await
    }

    /// Refunds decided before `old` that the provider has not confirmed, oldest first, after the
    /// one at that place.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_refunds(&self, old: i64, after: (i64, i64), most: i64) -> Result<Vec<Open>, Problem> {
        let text = "SELECT created_at, refund_id AS id, order_id FROM refund \
                    WHERE state = 1 AND created_at < $1 AND (created_at, refund_id) > ($2, $3) \
                    ORDER BY created_at, refund_id LIMIT $4";
        self.open(text, old, after, most).await
    }

    async fn open(
        &self,
        text: &'static str,
        old: i64,
        after: (i64, i64),
        most: i64,
    ) -> Result<Vec<Open>, Problem> {
        let query = sqlx::query_as(text).bind(old).bind(after.0).bind(after.1).bind(most);
        Ok(query.fetch_all(self.0.pool()).await?)
    }
}
