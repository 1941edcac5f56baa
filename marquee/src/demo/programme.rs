//! Which film runs when and where: no I/O, the same for the same first day.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::chain::{DemoCinema, DemoHall};
use super::prices::Tariff;

/// Days of the programme.
const DAYS: usize = 14;
/// Films a hall shows in a week, in turn.
const REPERTOIRE: usize = 4;
/// The first film of the day, minutes after midnight.
const OPENING: i64 = 10 * 60;
/// The last film begins no later, minutes after midnight.
const LAST_START: i64 = 22 * 60 + 45;
/// Screenings of a hall in a day at most.
const PER_DAY: usize = 6;
/// Two starts are at least so far apart, minutes: six short films still reach the evening.
const APART: i64 = 135;
/// Starts are at multiples of this, minutes.
const GRID: i64 = 5;
/// When evening prices begin, minutes after midnight.
const EVENING: i64 = 17 * 60;
/// Nothing begins sooner than this from now, milliseconds: somebody may still want a ticket.
const NOTICE_MS: i64 = 20 * 60_000;

/// A film to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownFilm {
    /// The film.
    pub film_id: i64,
    /// Running time, minutes.
    pub minutes: i32,
    /// The language it was made in, a BCP 47 tag.
    pub language: String,
}

/// A screening of the programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Showing {
    /// Position in the cinema's halls.
    pub hall: usize,
    /// The film.
    pub film_id: i64,
    /// Start, milliseconds UTC.
    pub starts_at: i64,
    /// Advertising before the film, minutes.
    pub lead_minutes: i32,
    /// Spoken language.
    pub language: String,
    /// Language of the subtitles; empty for none.
    pub subtitles: String,
    /// Format.
    pub format: &'static str,
    /// Prices.
    pub tariff: Tariff,
}

/// Two weeks of a cinema from today on, as its clock has it; `films` in the order of their popularity.
///
/// Nothing where the time zone is not known or there are no films.
#[must_use]
pub fn plan(cinema: &DemoCinema, films: &[ShownFilm], now_ms: i64) -> Vec<Showing> {
    let (Ok(zone), Ok(now)) = (TimeZone::get(cinema.time_zone), Timestamp::from_millisecond(now_ms)) else {
        return Vec::new();
    };
    let today = now.to_zoned_datetime(zone.clone()).date();
    let mut showings = Vec::new();
    for day in 0..DAYS {
        let Ok(date) = today.checked_add(i64::try_from(day).unwrap_or_default().days()) else { break };
        for (index, hall) in cinema.halls.iter().enumerate() {
            let films = repertoire(cinema, films, index, day / 7);
            showings.extend(day_of_hall(cinema, index, hall, &films, date, &zone));
        }
    }
    showings.retain(|showing| showing.starts_at >= now_ms + NOTICE_MS);
    showings.sort_by_key(|showing| (showing.starts_at, showing.hall));
    showings
}

/// The films of a hall in a week: the most popular ones in the largest hall,
/// and in the others those that the city has not seen yet.
fn repertoire<'a>(
    cinema: &DemoCinema,
    films: &'a [ShownFilm],
    hall: usize,
    week: usize,
) -> Vec<&'a ShownFilm> {
    let city: usize = cinema.city.bytes().map(usize::from).sum();
    let first = if hall == 0 { week * 2 } else { city + (hall + 3 * week) * REPERTOIRE };
    films.iter().cycle().skip(first % films.len().max(1)).take(REPERTOIRE.min(films.len())).collect()
}

fn day_of_hall(
    cinema: &DemoCinema,
    index: usize,
    hall: &DemoHall,
    films: &[&ShownFilm],
    date: Date,
    zone: &TimeZone,
) -> Vec<Showing> {
    let day = usize::try_from(date.day()).unwrap_or_default();
    // Halls begin one after the other, so that not everybody is in the foyer at once.
    let shift = 10 * index + 5 * (day % 3);
    let mut start = OPENING + i64::try_from(shift).unwrap_or_default();
    let mut showings = Vec::new();
    for (turn, film) in films.iter().cycle().skip(day % films.len().max(1)).take(PER_DAY).enumerate() {
        let turn = turn + day + index;
        let lead_minutes = if turn.is_multiple_of(2) { 15 } else { 10 };
        let Some(starts_at) = moment(date, start, zone).filter(|_| start <= LAST_START) else { break };
        let format = hall.formats[turn % hall.formats.len()];
        let (language, subtitles) = version(cinema, &film.language, turn);
        let tariff = tariff(format, date.weekday(), start);
        let film_id = film.film_id;
        showings.push(Showing {
            hall: index,
            film_id,
            starts_at,
            lead_minutes,
            language,
            subtitles,
            format,
            tariff,
        });
        let taken = i64::from(lead_minutes + film.minutes + hall.cleaning_minutes);
        start += ((taken + GRID - 1) / GRID * GRID).max(APART);
    }
    showings
}

fn moment(date: Date, minutes: i64, zone: &TimeZone) -> Option<i64> {
    let time = Time::midnight().checked_add(minutes.minutes()).ok()?;
    Some(date.to_datetime(time).to_zoned_datetime(zone.clone()).ok()?.timestamp().as_millisecond())
}

fn tariff(format: &str, weekday: Weekday, start: i64) -> Tariff {
    let weekend = matches!(weekday, Weekday::Saturday | Weekday::Sunday);
    match format {
        "IMAX" => Tariff::Imax,
        _ if weekend || start >= EVENING => Tariff::Evening,
        _ => Tariff::Day,
    }
}

/// Spoken language and subtitles: the town's own films with subtitles for
/// visitors now and then, others dubbed or with subtitles in turn.
fn version(cinema: &DemoCinema, original: &str, turn: usize) -> (String, String) {
    let town = cinema.language;
    let is = |tag: &str| original.split('-').next() == tag.split('-').next();
    match () {
        () if is(town) && !is("en") && turn % 4 == 3 => (town.to_owned(), "en".to_owned()),
        () if is(town) || (cinema.dubs && turn.is_multiple_of(2)) => (town.to_owned(), String::new()),
        () => (original.to_owned(), town.to_owned()),
    }
}

#[cfg(test)]
#[path = "programme_tests.rs"]
mod tests;
