//! A day of a cinema, drawn: a line for each hall, its screenings in the order of the clock.

use std::collections::HashMap;

use contract::film::{Cinema, Hall, Screening};
use jiff::civil::Date;

use super::local;
use super::programme::{Programme, Sold};
use crate::language::{self, Language};
use crate::{day, title};

/// Room for the names of halls, in the drawing's units.
const NAMES: i32 = 120;
/// Room for the hours, above the first hall.
const HEAD: i32 = 24;
/// Height of a hall's line.
const LINE: i32 = 58;
/// Width of an hour at least; a day of 16 hours fits a screen.
const HOUR: i32 = 56;
/// A day shows at least these hours.
const USUAL_HOURS: (i32, i32) = (10, 24);
/// Minutes of an hour.
const MINUTES: i32 = 60;

/// A day's drawing.
pub struct LineUp {
    pub width: i32,
    pub height: i32,
    pub hours: Vec<Hour>,
    pub lines: Vec<Line>,
}

/// A line of the clock.
pub struct Hour {
    pub x: i32,
    /// What the clock shows; after midnight it begins anew.
    pub label: String,
}

/// A hall.
pub struct Line {
    pub hall_id: i64,
    pub name: String,
    pub y: i32,
    pub blocks: Vec<Block>,
}

/// A screening, and the cleaning after it.
pub struct Block {
    pub film_sid: i64,
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub cleaning_x: i32,
    pub cleaning_width: i32,
    pub title: String,
    pub when: String,
    pub details: String,
    /// All of it in words.
    pub words: String,
}

/// What a drawing is made of.
pub struct Facts<'a> {
    pub language: Language,
    pub cinema: &'a Cinema,
    pub halls: &'a [Hall],
    pub programme: &'a Programme,
    pub sold: &'a HashMap<i64, Sold>,
}

impl LineUp {
    /// The screenings that begin on a day.
    pub fn of(facts: &Facts<'_>, date: Date) -> Self {
        let shown: Vec<&Screening> =
            facts.programme.screenings.iter().filter(|screening| day::of(screening) == Some(date)).collect();
        let hours = hours(facts, &shown);
        let lines = facts.halls.iter().zip(0..).map(|(hall, at)| {
            let y = HEAD + at * LINE;
            let here = shown.iter().filter(|screening| screening.hall_id == hall.hall_id);
            let blocks = here.map(|screening| block(facts, hall, screening, hours.0, y)).collect();
            Line { hall_id: hall.hall_id, name: hall.name.clone(), y, blocks }
        });
        let lines: Vec<Line> = lines.collect();
        Self {
            width: NAMES + (hours.1 - hours.0) * HOUR,
            height: HEAD + i32::try_from(lines.len()).unwrap_or_default() * LINE,
            hours: (hours.0..=hours.1)
                .map(|hour| Hour { x: x(hour * MINUTES, hours.0), label: clock(hour) })
                .collect(),
            lines,
        }
    }
}

/// The first and the last hour to be shown.
fn hours(facts: &Facts<'_>, shown: &[&Screening]) -> (i32, i32) {
    let longest = facts.halls.iter().map(|hall| hall.cleaning_minutes).max().unwrap_or_default();
    let first = shown.iter().map(|screening| begins(screening) / MINUTES).min();
    let last =
        shown.iter().map(|screening| (begins(screening) + lasts(screening) + longest) / MINUTES + 1).max();
    (first.unwrap_or(USUAL_HOURS.0).min(USUAL_HOURS.0), last.unwrap_or(USUAL_HOURS.1).max(USUAL_HOURS.1))
}

fn block(facts: &Facts<'_>, hall: &Hall, screening: &Screening, first_hour: i32, y: i32) -> Block {
    let (begins, lasts) = (begins(screening), lasts(screening));
    let (left, right) = (x(begins, first_hour), x(begins + lasts, first_hour));
    let film = facts.programme.film(screening.film_id);
    let title = film.map_or_else(String::new, |film| title::of(film, facts.language).to_owned());
    let ends = local::clock(facts.cinema, screening.ends_at).strftime("%H:%M").to_string();
    let when = format!("{}–{ends}", day::time(screening));
    let taken = facts.sold.get(&screening.film_sid).map_or(0, |sold| sold.taken);
    let spoken = language::spoken(facts.language, &screening.language);
    let details = format!("{} · {spoken} · {taken}/{}", screening.format, screening.seats);
    let cleaning =
        facts.language.text_with("manage-cleaning-of", &[("minutes", hall.cleaning_minutes.into())]);
    let words = format!("{when} {title}, {}, {details}, {cleaning}", hall.name);
    Block {
        film_sid: screening.film_sid,
        x: left,
        y: y + 4,
        width: right - left,
        cleaning_x: right,
        cleaning_width: x(begins + lasts + hall.cleaning_minutes, first_hour) - right,
        title,
        when,
        details,
        words,
    }
}

/// Minutes after midnight at which it begins, as a clock there shows it.
fn begins(screening: &Screening) -> i32 {
    let time = local::time_typed(day::time(screening)).unwrap_or_default();
    i32::from(time.hour()) * MINUTES + i32::from(time.minute())
}

fn lasts(screening: &Screening) -> i32 {
    let minutes = (screening.ends_at - screening.starts_at).max(0) / local::MINUTE_MS;
    i32::try_from(minutes).unwrap_or_default()
}

fn x(minutes: i32, first_hour: i32) -> i32 {
    NAMES + (minutes - first_hour * MINUTES) * HOUR / MINUTES
}

fn clock(hour: i32) -> String {
    format!("{:02}:00", hour % 24)
}
