//! What is still to come of something, and its versions.

use micro::Problem;

use super::Change;
use crate::domain::schedule::LONGEST_MS;

/// Most screenings the order service is told of after one change; it finds out
/// about the others by itself within seconds.
const MOST_TOLD: i64 = 1_000;

/// Whose screenings.
#[derive(Debug, Clone, Copy)]
pub enum ToCome {
    /// Of a cinema.
    Cinema(i64),
    /// Of a hall.
    Hall(i64),
    /// Of a film.
    Film(i64),
    /// At the prices of a list.
    PriceList(i64),
}

micro::row! {
    /// A screening and its version after a change.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct NewVersion {
        /// The screening.
        pub film_sid: i64,
        /// Its version now.
        pub version: i64,
    }
}

/// One statement for each kind of whose.
macro_rules! of {
    ($whose:expr, $begin:literal, $end:literal) => {
        match $whose {
            ToCome::Cinema(id) => (concat!($begin, " cinema_id = $1 ", $end), id),
            ToCome::Hall(id) => (concat!($begin, " hall_id = $1 ", $end), id),
            ToCome::Film(id) => (concat!($begin, " film_id = $1 ", $end), id),
            ToCome::PriceList(id) => (concat!($begin, " price_list_id = $1 ", $end), id),
        }
    };
}

impl Change {
    /// Whether a screening that is not cancelled has yet to end.
    ///
    /// # Errors
    /// The database's.
    pub async fn has_screenings_to_come(&mut self, whose: ToCome, now_ms: i64) -> Result<bool, Problem> {
        let (sql, id) = of!(
            whose,
            "SELECT film_sid FROM screening WHERE",
            "AND cancelled = 0 AND starts_at > $2 AND ends_at > $3 LIMIT 1"
        );
        let query = sqlx::query_scalar::<_, i64>(sql).bind(id).bind(now_ms - LONGEST_MS).bind(now_ms);
        Ok(query.fetch_optional(&mut *self.transaction).await?.is_some())
    }

    /// Raises the version of every screening, past ones too: their facts change
    /// with a name. Gives back those that have yet to end, at most [`MOST_TOLD`].
    ///
    /// # Errors
    /// The database's.
    pub async fn raise_versions(&mut self, whose: ToCome, now_ms: i64) -> Result<Vec<NewVersion>, Problem> {
        let (sql, id) = of!(whose, "UPDATE screening SET version = version + 1 WHERE", "");
        sqlx::query(sql).bind(id).execute(&mut *self.transaction).await?;
        self.versions(whose, now_ms).await
    }

    /// Versions of the screenings that have yet to end, the next ones first, at most [`MOST_TOLD`].
    ///
    /// # Errors
    /// The database's.
    pub async fn versions(&mut self, whose: ToCome, now_ms: i64) -> Result<Vec<NewVersion>, Problem> {
        let (sql, id) = of!(
            whose,
            "SELECT film_sid, version FROM screening WHERE",
            "AND cancelled = 0 AND starts_at > $2 AND ends_at > $3 ORDER BY starts_at LIMIT $4"
        );
        let query = sqlx::query_as(sql).bind(id).bind(now_ms - LONGEST_MS).bind(now_ms).bind(MOST_TOLD);
        Ok(query.fetch_all(&mut *self.transaction).await?)
    }

    /// The plans (hall and version) that screenings yet to end have, at the prices of a list.
    ///
    /// # Errors
    /// The database's.
    pub async fn plans_sold_at(
        &mut self,
        price_list_id: i64,
        now_ms: i64,
    ) -> Result<Vec<(i64, i64)>, Problem> {
        let sql = "SELECT DISTINCT hall_id, plan_version FROM screening WHERE price_list_id = $1 \
                   AND cancelled = 0 AND starts_at > $2 AND ends_at > $3 ORDER BY hall_id, plan_version";
        let query = sqlx::query_as(sql).bind(price_list_id).bind(now_ms - LONGEST_MS).bind(now_ms);
        Ok(query.fetch_all(&mut *self.transaction).await?)
    }

    /// Gives the screenings yet to end that have this plan the newest prices of their list.
    ///
    /// # Errors
    /// The database's.
    pub async fn reprice(
        &mut self,
        price_list_id: i64,
        price_version: i64,
        (hall_id, plan_version): (i64, i64),
        price_from: i64,
        now_ms: i64,
    ) -> Result<(), Problem> {
        let sql = "UPDATE screening SET price_version = $2, price_from = $3, version = version + 1 \
                   WHERE price_list_id = $1 AND cancelled = 0 AND starts_at > $4 AND ends_at > $5 \
                   AND hall_id = $6 AND plan_version = $7";
        sqlx::query(sql)
            .bind(price_list_id)
            .bind(price_version)
            .bind(price_from)
            .bind(now_ms - LONGEST_MS)
            .bind(now_ms)
            .bind(hall_id)
            .bind(plan_version)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}
