//! What is on: searches of films and screenings.

use contract::film::{Cinema, Film, FilmOrder};
use micro::Problem;

use super::conditions::Statement;
use super::screening_changes::format_key;
use super::screenings::{screening_columns, screening_joins};
use super::{Position, Screening, Store, cinemas, films};
use crate::domain::language;
use crate::domain::title_search::{contains_pattern, escaped, index_key};

/// Which screenings; every condition given must hold, an empty one holds always.
#[derive(Debug, Clone, Default)]
pub struct ScreeningSearch {
    /// Earliest start.
    pub from: i64,
    /// Latest start; no limit where 0.
    pub to: i64,
    /// Part of a title.
    pub title: String,
    /// A film.
    pub film_id: i64,
    /// A cinema.
    pub cinema_id: i64,
    /// Part of a cinema's name.
    pub cinema: String,
    /// A city.
    pub city: String,
    /// A language, with its regions.
    pub language: String,
    /// A format.
    pub format: String,
    /// Highest price of the cheapest adult seat; no limit where 0.
    pub max_price: i64,
    /// Whether cancelled ones are among them.
    pub with_cancelled: bool,
    /// Where the page before ended.
    pub after: Option<Position>,
}

/// Which films now showing.
pub struct ShowingPage<'a> {
    /// Screenings before this moment do not count.
    pub now_ms: i64,
    /// Only films shown in this city.
    pub city: &'a str,
    /// The page.
    pub page: FilmPage,
}

/// A page of films.
#[derive(Debug, Clone, Copy)]
pub struct FilmPage {
    /// How they are sorted.
    pub order: FilmOrder,
    /// The last film of the page before; 0 for the first page.
    pub after: i64,
    /// Most films.
    pub limit: i64,
}

/// The screenings are chosen first, then what they take from others is looked up.
const CHOOSE: &str = concat!(screening_columns!(), "FROM (SELECT * FROM screening WHERE cancelled ");
const LOOK_UP: &str = concat!(") s", screening_joins!(), "ORDER BY s.starts_at, s.film_sid");

impl Store {
    /// Screenings that match, by start, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub async fn search_screenings(
        &self,
        search: &ScreeningSearch,
        limit: i64,
    ) -> Result<Vec<Screening>, Problem> {
        let mut statement = Statement::new(CHOOSE);
        // Named in both cases, as every index of the table has it before the start.
        statement.text(if search.with_cancelled { "IN (0, 1)" } else { "= 0" }).text(" AND starts_at >= ");
        // Named twice, so that the index is entered where the page before ended.
        statement.value(search.after.map_or(search.from, |after| after.starts_at.max(search.from)));
        if let Some(after) = search.after {
            statement.text(" AND (starts_at, film_sid) > (").value(after.starts_at).text(", ");
            statement.value(after.film_sid).text(")");
        }
        if search.to != 0 {
            statement.text(" AND starts_at <= ").value(search.to);
        }
        if !search.title.trim().is_empty() {
            statement.text(" AND film_id IN (SELECT id FROM film WHERE retired = 0 AND search_key LIKE ");
            statement.value(contains_pattern(&search.title)).text(" ESCAPE '!')");
        }
        of_film_and_cinema(&mut statement, search);
        of_kind(&mut statement, search);
        statement.text(" ORDER BY starts_at, film_sid LIMIT ").value(limit).text(LOOK_UP);
        statement.all(&self.database).await
    }

    /// Cinemas with a screening of the film that is not cancelled and starts at `now_ms` or later.
    ///
    /// # Errors
    /// The database's.
    pub async fn cinemas_showing(
        &self,
        film_id: i64,
        city: &str,
        now_ms: i64,
    ) -> Result<Vec<Cinema>, Problem> {
        let mut statement = Statement::new(cinemas::select_cinema!(
            "WHERE id IN (SELECT cinema_id FROM screening WHERE cancelled = 0 AND film_id = "
        ));
        statement.value(film_id).text(" AND starts_at >= ").value(now_ms).text(")");
        let city = index_key(city);
        if !city.is_empty() {
            statement.text(" AND city_key = ").value(city);
        }
        statement.text(" ORDER BY city_key, name_key, id");
        let rows: Vec<cinemas::Row> = statement.all(&self.database).await?;
        Ok(rows.into_iter().map(Cinema::from).collect())
    }

    /// Films with a screening to come.
    ///
    /// # Errors
    /// The database's.
    pub async fn films_showing(&self, showing: &ShowingPage<'_>) -> Result<Vec<Film>, Problem> {
        let mut statement = Statement::new(films::select_film!("WHERE retired = 0 AND "));
        let city = index_key(showing.city);
        if city.is_empty() {
            // Most films are shown: each is asked for, until the page is full.
            statement.text(
                "EXISTS (SELECT 1 FROM screening WHERE film_id = film.id AND cancelled = 0 AND starts_at >= ",
            );
            statement.value(showing.now_ms).text(")");
        } else {
            // A city shows few of all: its cinemas are asked.
            statement
                .text("id IN (SELECT DISTINCT film_id FROM screening WHERE cancelled = 0 AND starts_at >= ");
            statement.value(showing.now_ms);
            statement
                .text(" AND cinema_id IN (SELECT id FROM cinema WHERE city_key = ")
                .value(city)
                .text("))");
        }
        let FilmPage { order, after, limit } = showing.page;
        let (beyond, sorted) = match order {
            FilmOrder::Unspecified | FilmOrder::Popularity => (
                " AND (popularity, id) < (SELECT popularity, id FROM film WHERE id = ",
                " ORDER BY popularity DESC, id DESC LIMIT ",
            ),
            FilmOrder::ReleaseDate => (
                " AND (release_date, id) < (SELECT release_date, id FROM film WHERE id = ",
                " ORDER BY release_date DESC, id DESC LIMIT ",
            ),
            FilmOrder::Title => (
                " AND (title_key, id) > (SELECT title_key, id FROM film WHERE id = ",
                " ORDER BY title_key, id LIMIT ",
            ),
        };
        if after != 0 {
            statement.text(beyond).value(after).text(")");
        }
        statement.text(sorted).value(limit);
        let rows: Vec<films::Row> = statement.all(&self.database).await?;
        rows.into_iter().map(Film::try_from).collect()
    }
}

fn of_film_and_cinema(statement: &mut Statement, search: &ScreeningSearch) {
    if search.film_id != 0 {
        statement.text(" AND film_id = ").value(search.film_id);
    }
    if search.cinema_id != 0 {
        statement.text(" AND cinema_id = ").value(search.cinema_id);
    }
    let city = index_key(&search.city);
    let has_name = !search.cinema.trim().is_empty();
    if city.is_empty() && !has_name {
        return;
    }
    statement.text(" AND cinema_id IN (SELECT id FROM cinema WHERE 1 = 1");
    if !city.is_empty() {
        statement.text(" AND city_key = ").value(city);
    }
    if has_name {
        statement.text(" AND name_key LIKE ").value(contains_pattern(&search.cinema)).text(" ESCAPE '!'");
    }
    statement.text(")");
}

fn of_kind(statement: &mut Statement, search: &ScreeningSearch) {
    let language = language::key(&search.language);
    if !language.is_empty() {
        statement.text(" AND (language_key = ").value(language.clone());
        let regions = format!("{}-%", escaped(&language));
        statement.text(" OR language_key LIKE ").value(regions).text(" ESCAPE '!')");
    }
    let format = format_key(&search.format);
    if !format.is_empty() {
        statement.text(" AND format_key = ").value(format);
    }
    if search.max_price != 0 {
        statement.text(" AND price_from <= ").value(search.max_price);
    }
}
