//! Rows of `film`.

use contract::film::Film;
use micro::Problem;

use super::conditions::Statement;
use super::rows::{from_json, small, to_json};
use super::{Change, Store};
use crate::domain::title_search::{contains_pattern, film_key, index_key};

micro::row! {
    pub(super) struct Row {
        id: i64,
        title: String,
        titles: String,
        minutes: i64,
        release_date: String,
        rating: String,
        genres: String,
        director: String,
        distributor: String,
        popularity: i64,
        synopsis: String,
        retired: i64,
    }
}

impl TryFrom<Row> for Film {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self, Problem> {
        Ok(Self {
            film_id: row.id,
            title: row.title,
            titles: from_json(&row.titles)?,
            minutes: small(row.minutes),
            release_date: row.release_date,
            rating: row.rating,
            genres: from_json(&row.genres)?,
            director: row.director,
            distributor: row.distributor,
            synopsis: row.synopsis,
            popularity: small(row.popularity),
            retired: row.retired != 0,
        })
    }
}

/// The columns of [`Row`].
macro_rules! select_film {
    ($rest:literal) => {
        concat!(
            "SELECT id, title, titles, minutes, release_date, rating, genres, director, distributor, \
             popularity, synopsis, retired FROM film ",
            $rest
        )
    };
}
pub(super) use select_film;

const BY_ID: &str = select_film!("WHERE id = $1");

impl Store {
    /// The film with this id, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn film(&self, id: i64) -> Result<Option<Film>, Problem> {
        let row: Option<Row> = sqlx::query_as(BY_ID).bind(id).fetch_optional(self.database.pool()).await?;
        row.map(Film::try_from).transpose()
    }

    /// The films with these ids.
    ///
    /// # Errors
    /// The database's.
    pub async fn films(&self, ids: &[i64]) -> Result<Vec<Film>, Problem> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = Statement::new(select_film!("WHERE id IN "));
        statement.list(ids).text(" ORDER BY id");
        statement.all::<Row>(&self.database).await?.into_iter().map(Film::try_from).collect()
    }

    /// Films of the catalogue by title, after the one with id `after`, with `part` in one of their titles.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_films(&self, part: &str, after: i64, limit: i64) -> Result<Vec<Film>, Problem> {
        let mut statement = Statement::new(select_film!("WHERE retired = 0"));
        if !part.trim().is_empty() {
            statement.text(" AND search_key LIKE ").value(contains_pattern(part)).text(" ESCAPE '!'");
        }
        if after != 0 {
            statement
                .text(" AND (title_key, id) > (SELECT title_key, id FROM film WHERE id = ")
                .value(after)
                .text(")");
        }
        statement.text(" ORDER BY title_key, id LIMIT ").value(limit);
        statement.all::<Row>(&self.database).await?.into_iter().map(Film::try_from).collect()
    }
}

impl Change {
    /// The film with this id, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn film(&mut self, id: i64) -> Result<Option<Film>, Problem> {
        let row: Option<Row> = sqlx::query_as(BY_ID).bind(id).fetch_optional(&mut *self.transaction).await?;
        row.map(Film::try_from).transpose()
    }

    /// The film of the catalogue with this title and release date.
    ///
    /// # Errors
    /// The database's.
    pub async fn film_called(&mut self, title: &str, release_date: &str) -> Result<Option<i64>, Problem> {
        let sql = "SELECT id FROM film WHERE title_key = $1 AND release_date = $2 AND retired = 0";
        let query = sqlx::query_scalar(sql).bind(index_key(title)).bind(release_date);
        Ok(query.fetch_optional(&mut *self.transaction).await?)
    }

    /// Adds a film.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_film(&mut self, film: &Film) -> Result<(), Problem> {
        let sql = "INSERT INTO film (id, title_key, search_key, title, titles, minutes, release_date, rating, \
                   genres, director, distributor, popularity, synopsis, retired) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
        self.write_film(sql, film).await
    }

    /// Writes a film down as it is now.
    ///
    /// # Errors
    /// The database's.
    pub async fn update_film(&mut self, film: &Film) -> Result<(), Problem> {
        let sql = "UPDATE film SET title_key = $2, search_key = $3, title = $4, titles = $5, minutes = $6, \
                   release_date = $7, rating = $8, genres = $9, director = $10, distributor = $11, \
                   popularity = $12, synopsis = $13, retired = $14 WHERE id = $1";
        self.write_film(sql, film).await
    }

    async fn write_film(&mut self, sql: &'static str, film: &Film) -> Result<(), Problem> {
        let mut titles: Vec<_> = film.titles.iter().collect();
        titles.sort();
        let all = std::iter::once(&film.title).chain(titles.into_iter().map(|(_, title)| title));
        sqlx::query(sql)
            .bind(film.film_id)
            .bind(index_key(&film.title))
            .bind(film_key(all.map(String::as_str)))
            .bind(&film.title)
            .bind(to_json(&film.titles)?)
            .bind(i64::from(film.minutes))
            .bind(&film.release_date)
            .bind(&film.rating)
            .bind(to_json(&film.genres)?)
            .bind(&film.director)
            .bind(&film.distributor)
            .bind(i64::from(film.popularity))
            .bind(&film.synopsis)
            .bind(i64::from(film.retired))
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}
