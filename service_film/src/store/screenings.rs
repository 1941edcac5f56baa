//! Rows of `screening`, read.

use contract::film as proto;
use micro::Problem;
use serde::{Deserialize, Serialize};

use super::conditions::Statement;
use super::rows::small;
use super::{Change, Store};
use crate::domain::cinema_time;

micro::row! {
    /// One showing of a film, with what it takes from its hall, cinema and film.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Screening {
        /// Its id.
        pub film_sid: i64,
        /// The film.
        pub film_id: i64,
        /// The cinema.
        pub cinema_id: i64,
        /// The hall.
        pub hall_id: i64,
        /// Version of the hall's plan it keeps.
        pub plan_version: i64,
        /// The price list.
        pub price_list_id: i64,
        /// Version of the list's prices.
        pub price_version: i64,
        /// Cheapest adult seat, minor units.
        pub price_from: i64,
        /// Seats that can be sold.
        pub seats: i64,
        /// Start, milliseconds UTC.
        pub starts_at: i64,
        /// End of the film.
        pub ends_at: i64,
        /// Sales open.
        pub sales_open_at: i64,
        /// Sales close.
        pub sales_close_at: i64,
        /// Spoken language.
        pub language: String,
        /// Language of the subtitles.
        pub subtitles: String,
        /// Format.
        pub format: String,
        /// 1 where it was cancelled.
        pub cancelled: i64,
        /// Why, for those who had tickets.
        pub cancel_reason: String,
        /// 1 while the order service has still to take note of that.
        pub order_untold: i64,
        /// Rises with every change.
        pub version: i64,
        /// The hall's name.
        pub hall_name: String,
        /// The cinema's name.
        pub cinema_name: String,
        /// The cinema's currency, ISO 4217.
        pub currency: String,
        /// The cinema's time zone.
        pub time_zone: String,
        /// The film's title.
        pub film_title: String,
    }
}

impl Screening {
    /// Whether it will not take place.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled != 0
    }

    /// The screening as callers see it.
    #[must_use]
    pub fn to_proto(&self) -> proto::Screening {
        proto::Screening {
            film_sid: self.film_sid,
            film_id: self.film_id,
            cinema_id: self.cinema_id,
            hall_id: self.hall_id,
            hall_name: self.hall_name.clone(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            starts_local: cinema_time::local(self.starts_at, &self.time_zone),
            language: self.language.clone(),
            subtitles: self.subtitles.clone(),
            format: self.format.clone(),
            price_list_id: self.price_list_id,
            price_from: self.price_from,
            currency: self.currency.clone(),
            sales_open_at: self.sales_open_at,
            sales_close_at: self.sales_close_at,
            seats: small(self.seats),
            cancelled: self.is_cancelled(),
            version: self.version,
            cancel_reason: self.cancel_reason.clone(),
        }
    }
}

/// Where a page of screenings ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Start of the last screening.
    pub starts_at: i64,
    /// Its id.
    pub film_sid: i64,
}

/// Where and when a screening is shown, for finding others in its way.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The screening itself, which is in nobody's way.
    pub film_sid: i64,
    /// The hall.
    pub hall_id: i64,
    /// Others that start before this moment are in the way ...
    pub blocked_until: i64,
    /// ... if they end after this one, cleaning included.
    pub free_from: i64,
}

/// The columns of [`Screening`].
macro_rules! screening_columns {
    () => {
        "SELECT s.film_sid, s.film_id, s.cinema_id, s.hall_id, s.plan_version, s.price_list_id, \
         s.price_version, s.price_from, s.seats, s.starts_at, s.ends_at, s.sales_open_at, s.sales_close_at, \
         s.language, s.subtitles, s.format, s.cancelled, s.cancel_reason, s.order_untold, s.version, \
         h.name AS hall_name, c.name AS cinema_name, c.currency, c.time_zone, f.title AS film_title "
    };
}
pub(super) use screening_columns;

/// Where they come from besides the screening itself, called `s`.
macro_rules! screening_joins {
    () => {
        " JOIN hall h ON h.id = s.hall_id JOIN cinema c ON c.id = s.cinema_id JOIN film f ON f.id = s.film_id "
    };
}
pub(super) use screening_joins;

const BY_ID: &str =
    concat!(screening_columns!(), "FROM screening s", screening_joins!(), "WHERE s.film_sid = $1");

const BY_IDS: &str =
    concat!(screening_columns!(), "FROM screening s", screening_joins!(), "WHERE s.film_sid IN ");

impl Store {
    /// The screening with this id, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn screening(&self, film_sid: i64) -> Result<Option<Screening>, Problem> {
        Ok(sqlx::query_as(BY_ID).bind(film_sid).fetch_optional(self.database.pool()).await?)
    }

    /// The screenings with these ids that there are, by id.
    ///
    /// # Errors
    /// The database's.
    pub async fn screenings(&self, ids: &[i64]) -> Result<Vec<Screening>, Problem> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = Statement::new(BY_IDS);
        statement.list(ids).text(" ORDER BY s.film_sid");
        statement.all(&self.database).await
    }

    /// Cancelled screenings the order service has not taken note of, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub async fn untold_cancellations(&self, limit: i64) -> Result<Vec<i64>, Problem> {
        let sql = "SELECT film_sid FROM screening WHERE order_untold = 1 ORDER BY film_sid LIMIT $1";
        Ok(sqlx::query_scalar(sql).bind(limit).fetch_all(self.database.pool()).await?)
    }

    /// Remembers that the order service has taken note of a cancellation.
    ///
    /// # Errors
    /// The database's.
    pub async fn cancellation_told(&self, film_sid: i64) -> Result<(), Problem> {
        sqlx::query("UPDATE screening SET order_untold = 0 WHERE film_sid = $1")
            .bind(film_sid)
            .execute(self.database.pool())
            .await?;
        Ok(())
    }
}

impl Change {
    /// The screening with this id, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn screening(&mut self, film_sid: i64) -> Result<Option<Screening>, Problem> {
        Ok(sqlx::query_as(BY_ID).bind(film_sid).fetch_optional(&mut *self.transaction).await?)
    }
}
