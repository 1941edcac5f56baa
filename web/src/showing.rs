//! Screenings as orders name them: what is shown, where and when.

use std::collections::HashMap;

use contract::film::{Cinema, Film, GetScreeningsRequest, GetScreeningsResponse, Screening};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::language::Language;
use crate::visitor::Visitor;
use crate::{State, day, format, title};

/// Most screenings asked for at a time: what the service answers.
const MOST: usize = 100;

/// A screening with its film and cinema.
#[derive(Debug, Clone)]
pub struct Showing {
    /// The screening.
    pub screening: Screening,
    /// The cinema it is in.
    pub cinema: Cinema,
    /// The film's title in the visitor's language.
    pub title: String,
    /// The colour of the film's poster.
    pub hue: u32,
    /// The day it begins, in words.
    pub day: String,
}

impl Showing {
    /// The time it begins, as a clock there shows it.
    pub fn time(&self) -> &str {
        day::time(&self.screening)
    }

    /// The time it ends, as a clock there shows it.
    pub fn ends(&self) -> String {
        day::later(&self.screening, (self.screening.ends_at - self.screening.starts_at).max(0))
    }

    /// Where the cinema is.
    pub fn address(&self) -> String {
        address(&self.cinema)
    }

    /// The time of a moment, milliseconds UTC, as a clock there shows it.
    pub fn clock(&self, at_ms: i64) -> String {
        self.local(at_ms).strftime("%H:%M").to_string()
    }

    /// Day and time of a moment, milliseconds UTC, there.
    pub fn moment(&self, language: Language, at_ms: i64) -> String {
        format!("{} {}", format::day(language, self.local(at_ms).date()), self.clock(at_ms))
    }

    /// A moment as one would tell it at another one: the time, and the day where it is another.
    pub fn told(&self, language: Language, at_ms: i64, now_ms: i64) -> String {
        if self.local(at_ms).date() == self.local(now_ms).date() {
            self.clock(at_ms)
        } else {
            self.moment(language, at_ms)
        }
    }

    fn local(&self, at_ms: i64) -> DateTime {
        let zone = day::zone(&self.cinema);
        Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned_datetime(zone).datetime()
    }
}

/// The screenings with these ids, by id. Those that cannot be looked up now are left out:
/// tickets are worth showing without them.
pub async fn by_id(state: &State, visitor: &Visitor, mut ids: Vec<i64>) -> HashMap<i64, Showing> {
    ids.sort_unstable();
    ids.dedup();
    let mut all = HashMap::with_capacity(ids.len());
    for part in ids.chunks(MOST) {
        let request = visitor.ask(GetScreeningsRequest { film_sid: part.to_vec() });
        match state.services.films().get_screenings(request).await {
            Ok(answer) => {
                all.extend(of_answer(state, visitor, answer.into_inner()));
            }
            Err(status) => {
                tracing::warn!(code = ?status.code(), trace_id = %visitor.origin.trace, "screenings could not be looked up");
            }
        }
    }
    all
}

/// The screenings of an answer, by id.
pub fn of_answer(state: &State, visitor: &Visitor, answer: GetScreeningsResponse) -> HashMap<i64, Showing> {
    let year = year(state);
    let known = answer
        .screenings
        .into_iter()
        .filter_map(|screening| showing(visitor.language, year, screening, &answer.films, &answer.cinemas));
    known.map(|showing| (showing.screening.film_sid, showing)).collect()
}

/// One of them.
pub async fn one(state: &State, visitor: &Visitor, film_sid: i64) -> Option<Showing> {
    by_id(state, visitor, vec![film_sid]).await.remove(&film_sid)
}

fn year(state: &State) -> i16 {
    let now = Timestamp::from_millisecond(state.clock.now_ms()).unwrap_or_default();
    now.to_zoned_datetime(TimeZone::UTC).date().year()
}

fn showing(
    language: Language,
    this_year: i16,
    screening: Screening,
    films: &[Film],
    cinemas: &[Cinema],
) -> Option<Showing> {
    let film = films.iter().find(|film| film.film_id == screening.film_id)?;
    let cinema = cinemas.iter().find(|cinema| cinema.cinema_id == screening.cinema_id)?.clone();
    let date = day::of(&screening)?;
    let day = format::day(language, date);
    // Of old orders one wants to know the year.
    let day = match date.year() {
        year if year == this_year => day,
        year => language.text_with("order-day-of-year", &[("day", day.into()), ("year", year.into())]),
    };
    Some(Showing {
        title: title::of(film, language).to_owned(),
        hue: title::hue(film),
        day,
        screening,
        cinema,
    })
}
/// Where a cinema is: its street, and its city where the street does not name it already.
pub fn address(cinema: &Cinema) -> String {
    let Cinema { address, city, .. } = cinema;
    match (address.is_empty(), city.is_empty() || address.contains(&**city)) {
        (true, _) => city.clone(),
        (false, true) => address.clone(),
        (false, false) => format!("{address}, {city}"),
    }
}
