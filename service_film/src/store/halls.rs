//! Rows of `hall`.

use contract::film::Hall;
use micro::Problem;

use super::rows::{from_json, small, to_json};
use super::{Change, Store};
use crate::domain::title_search::index_key;

micro::row! {
    struct Row {
        id: i64,
        cinema_id: i64,
        name: String,
        cleaning_minutes: i64,
        plan_version: i64,
        seats: i64,
        categories: String,
        retired: i64,
    }
}

impl TryFrom<Row> for Hall {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self, Problem> {
        Ok(Self {
            hall_id: row.id,
            cinema_id: row.cinema_id,
            name: row.name,
            cleaning_minutes: small(row.cleaning_minutes),
            plan_version: small(row.plan_version),
            seats: small(row.seats),
            categories: from_json(&row.categories)?,
            retired: row.retired != 0,
        })
    }
}

/// The columns of [`Row`].
macro_rules! select_hall {
    ($rest:literal) => {
        concat!(
            "SELECT id, cinema_id, name, cleaning_minutes, plan_version, seats, categories, retired FROM hall ",
            $rest
        )
    };
}

const BY_ID: &str = select_hall!("WHERE id = $1");

impl Store {
    /// The hall with this id, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn hall(&self, id: i64) -> Result<Option<Hall>, Problem> {
        let row: Option<Row> = sqlx::query_as(BY_ID).bind(id).fetch_optional(self.database.pool()).await?;
        row.map(Hall::try_from).transpose()
    }

    /// The halls of a cinema that are in use, by name.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_halls(&self, cinema_id: i64) -> Result<Vec<Hall>, Problem> {
        let sql = select_hall!("WHERE cinema_id = $1 AND retired = 0 ORDER BY name_key, id");
        let rows: Vec<Row> = sqlx::query_as(sql).bind(cinema_id).fetch_all(self.database.pool()).await?;
        rows.into_iter().map(Hall::try_from).collect()
    }
}

impl Change {
    /// The hall with this id, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn hall(&mut self, id: i64) -> Result<Option<Hall>, Problem> {
        let row: Option<Row> = sqlx::query_as(BY_ID).bind(id).fetch_optional(&mut *self.transaction).await?;
        row.map(Hall::try_from).transpose()
    }

    /// The hall of a cinema that has this name and is in use.
    ///
    /// # Errors
    /// The database's.
    pub async fn hall_named(&mut self, cinema_id: i64, name: &str) -> Result<Option<i64>, Problem> {
        let sql = "SELECT id FROM hall WHERE cinema_id = $1 AND name_key = $2 AND retired = 0";
        let query = sqlx::query_scalar(sql).bind(cinema_id).bind(index_key(name));
        Ok(query.fetch_optional(&mut *self.transaction).await?)
    }

    /// Adds a hall.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_hall(&mut self, hall: &Hall) -> Result<(), Problem> {
        let sql = "INSERT INTO hall (id, cinema_id, name, name_key, cleaning_minutes, plan_version, seats, \
                   categories, retired) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
        sqlx::query(sql)
            .bind(hall.hall_id)
            .bind(hall.cinema_id)
            .bind(&hall.name)
            .bind(index_key(&hall.name))
            .bind(i64::from(hall.cleaning_minutes))
            .bind(i64::from(hall.plan_version))
            .bind(i64::from(hall.seats))
            .bind(to_json(&hall.categories)?)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Writes a hall down as it is now.
    ///
    /// # Errors
    /// The database's.
    pub async fn update_hall(&mut self, hall: &Hall) -> Result<(), Problem> {
        let sql = "UPDATE hall SET name = $2, name_key = $3, cleaning_minutes = $4, plan_version = $5, \
                   seats = $6, categories = $7, retired = $8 WHERE id = $1";
        sqlx::query(sql)
            .bind(hall.hall_id)
            .bind(&hall.name)
            .bind(index_key(&hall.name))
            .bind(i64::from(hall.cleaning_minutes))
            .bind(i64::from(hall.plan_version))
            .bind(i64::from(hall.seats))
            .bind(to_json(&hall.categories)?)
            .bind(i64::from(hall.retired))
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}
