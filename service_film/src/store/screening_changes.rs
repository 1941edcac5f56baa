//! Rows of `screening`, written.

use micro::Problem;

use super::{Change, Place, Screening};
use crate::domain::language;
use crate::domain::schedule::LONGEST_MS;

impl Change {
    /// A screening that is in the way, if there is one: the rule of `domain::schedule`.
    ///
    /// # Errors
    /// The database's.
    pub async fn in_the_way(&mut self, place: &Place) -> Result<Option<i64>, Problem> {
        // No screening is longer, so the index need not be read from its beginning.
        let sql = "SELECT film_sid FROM screening WHERE hall_id = $1 AND cancelled = 0 AND starts_at > $2 \
                   AND starts_at < $3 AND ends_at > $4 AND film_sid <> $5 ORDER BY starts_at LIMIT 1";
        let query = sqlx::query_scalar(sql)
            .bind(place.hall_id)
            .bind(place.free_from - LONGEST_MS)
            .bind(place.blocked_until)
            .bind(place.free_from)
            .bind(place.film_sid);
        Ok(query.fetch_optional(&mut *self.transaction).await?)
    }

    /// Adds a screening.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_screening(&mut self, screening: &Screening) -> Result<(), Problem> {
        let sql = "INSERT INTO screening (film_sid, film_id, cinema_id, hall_id, plan_version, price_list_id, \
                   price_version, price_from, seats, starts_at, ends_at, sales_open_at, sales_close_at, \
                   language, language_key, subtitles, format, format_key, cancelled, cancel_reason, \
                   order_untold, version) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
                   0, '', 0, $19)";
        sqlx::query(sql)
            .bind(screening.film_sid)
            .bind(screening.film_id)
            .bind(screening.cinema_id)
            .bind(screening.hall_id)
            .bind(screening.plan_version)
            .bind(screening.price_list_id)
            .bind(screening.price_version)
            .bind(screening.price_from)
            .bind(screening.seats)
            .bind(screening.starts_at)
            .bind(screening.ends_at)
            .bind(screening.sales_open_at)
            .bind(screening.sales_close_at)
            .bind(&screening.language)
            .bind(language::key(&screening.language))
            .bind(&screening.subtitles)
            .bind(&screening.format)
            .bind(format_key(&screening.format))
            .bind(screening.version)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Writes down what of a screening can change.
    ///
    /// # Errors
    /// The database's.
    pub async fn update_screening(&mut self, screening: &Screening) -> Result<(), Problem> {
        let sql = "UPDATE screening SET price_list_id = $2, price_version = $3, price_from = $4, \
                   starts_at = $5, ends_at = $6, sales_open_at = $7, sales_close_at = $8, language = $9, \
                   language_key = $10, subtitles = $11, format = $12, format_key = $13, version = $14 \
                   WHERE film_sid = $1";
        sqlx::query(sql)
            .bind(screening.film_sid)
            .bind(screening.price_list_id)
            .bind(screening.price_version)
            .bind(screening.price_from)
            .bind(screening.starts_at)
            .bind(screening.ends_at)
            .bind(screening.sales_open_at)
            .bind(screening.sales_close_at)
            .bind(&screening.language)
            .bind(language::key(&screening.language))
            .bind(&screening.subtitles)
            .bind(&screening.format)
            .bind(format_key(&screening.format))
            .bind(screening.version)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Marks a screening as cancelled, to be told to the order service.
    ///
    /// # Errors
    /// The database's.
    pub async fn cancel_screening(&mut self, film_sid: i64, reason: &str) -> Result<(), Problem> {
        let sql = "UPDATE screening SET cancelled = 1, cancel_reason = $2, order_untold = 1, \
                   version = version + 1 WHERE film_sid = $1";
        sqlx::query(sql).bind(film_sid).bind(reason).execute(&mut *self.transaction).await?;
        Ok(())
    }
}

/// The form two spellings of a format share.
pub(super) fn format_key(format: &str) -> String {
    format.trim().to_ascii_lowercase()
}
