//! Rows of `cinema`.

use contract::film::Cinema;
use micro::Problem;

use super::conditions::Statement;
use super::{Change, Store};
use crate::domain::title_search::index_key;

micro::row! {
    pub(super) struct Row {
        id: i64,
        name: String,
        city: String,
        address: String,
        time_zone: String,
        currency: String,
        retired: i64,
    }
}

impl From<Row> for Cinema {
    fn from(row: Row) -> Self {
        Self {
            cinema_id: row.id,
            name: row.name,
            city: row.city,
            address: row.address,
            time_zone: row.time_zone,
            currency: row.currency,
            retired: row.retired != 0,
        }
    }
}

/// The columns of [`Row`].
macro_rules! select_cinema {
    ($rest:literal) => {
        concat!("SELECT id, name, city, address, time_zone, currency, retired FROM cinema ", $rest)
    };
}
pub(super) use select_cinema;

const BY_ID: &str = select_cinema!("WHERE id = $1");

impl Store {
    /// The cinema with this id, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn cinema(&self, id: i64) -> Result<Option<Cinema>, Problem> {
        let row: Option<Row> = sqlx::query_as(BY_ID).bind(id).fetch_optional(self.database.pool()).await?;
        Ok(row.map(Cinema::from))
    }

    /// The cinemas with these ids.
    ///
    /// # Errors
    /// The database's.
    pub async fn cinemas(&self, ids: &[i64]) -> Result<Vec<Cinema>, Problem> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = Statement::new(select_cinema!("WHERE id IN "));
        statement.list(ids).text(" ORDER BY city_key, name_key, id");
        Ok(statement.all::<Row>(&self.database).await?.into_iter().map(Cinema::from).collect())
    }

    /// Cinemas in the programme by city and name, after the one with id `after`; of one city where one is named.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_cinemas(&self, city: &str, after: i64, limit: i64) -> Result<Vec<Cinema>, Problem> {
        let mut statement = Statement::new(select_cinema!("WHERE retired = 0"));
        let city = index_key(city);
        if !city.is_empty() {
            statement.text(" AND city_key = ").value(city);
        }
        if after != 0 {
            statement
                .text(
                    " AND (city_key, name_key, id) > (SELECT city_key, name_key, id FROM cinema WHERE id = ",
                )
                .value(after)
                .text(")");
        }
        statement.text(" ORDER BY city_key, name_key, id LIMIT ").value(limit);
        Ok(statement.all::<Row>(&self.database).await?.into_iter().map(Cinema::from).collect())
    }
}

impl Change {
    /// The cinema with this id, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn cinema(&mut self, id: i64) -> Result<Option<Cinema>, Problem> {
        let row: Option<Row> = sqlx::query_as(BY_ID).bind(id).fetch_optional(&mut *self.transaction).await?;
        Ok(row.map(Cinema::from))
    }

    /// Adds a cinema.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_cinema(&mut self, cinema: &Cinema) -> Result<(), Problem> {
        let sql = "INSERT INTO cinema (id, name, name_key, city, city_key, address, time_zone, currency, retired) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
        sqlx::query(sql)
            .bind(cinema.cinema_id)
            .bind(&cinema.name)
            .bind(index_key(&cinema.name))
            .bind(&cinema.city)
            .bind(index_key(&cinema.city))
            .bind(&cinema.address)
            .bind(&cinema.time_zone)
            .bind(&cinema.currency)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Writes a cinema down as it is now; its currency stays.
    ///
    /// # Errors
    /// The database's.
    pub async fn update_cinema(&mut self, cinema: &Cinema) -> Result<(), Problem> {
        let sql = "UPDATE cinema SET name = $2, name_key = $3, city = $4, city_key = $5, address = $6, \
                   time_zone = $7, retired = $8 WHERE id = $1";
        sqlx::query(sql)
            .bind(cinema.cinema_id)
            .bind(&cinema.name)
            .bind(index_key(&cinema.name))
            .bind(&cinema.city)
            .bind(index_key(&cinema.city))
            .bind(&cinema.address)
            .bind(&cinema.time_zone)
            .bind(i64::from(cinema.retired))
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}
