//! A day of a cinema, drawn: a line for each hall, its screenings in the order of the clock, and
//! beneath them those that were cancelled.

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
/// Height of a hall's line, and of a screening in it.
const LINE: i32 = 58;
const SHOW: i32 = 50;
/// Height of a lane for cancelled screenings, and of one of them.
const LANE: i32 = 28;
const GONE: i32 = 22;
/// Width of an hour at least; a day of 16 hours fits a screen.
const HOUR: i32 = 62;
/// Room for the second half of the last hour's label.
const EDGE: i32 = 18;
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
    /// Whether it has gone out of use since: nothing is planned there any more.
    pub retired: bool,
    pub y: i32,
    pub blocks: Vec<Block>,
    /// Those that were cancelled.
    pub gone: Vec<Block>,
}

/// A screening, and the cleaning after it.
pub struct Block {
    pub film_sid: i64,
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
    pub cleaning_x: i32,
    pub cleaning_width: i32,
    pub title: String,
    pub when: String,
    pub details: String,
    /// All of it in words: what is written on it first, as it is written.
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
        let begins_then = |screening: &&Screening| day::of(screening) == Some(date);
        let shown: Vec<&Screening> = facts.programme.screenings.iter().filter(begins_then).collect();
        let gone: Vec<&Screening> = facts.programme.cancelled.iter().filter(begins_then).collect();
        let hours = hours(facts, &[&*shown, &*gone].concat());
        let mut height = HEAD;
        let mut lines = Vec::with_capacity(facts.halls.len());
        for hall in facts.halls {
            let mut that_day = shown.iter().chain(&gone);
            if hall.retired && !that_day.any(|screening| screening.hall_id == hall.hall_id) {
                continue;
            }
            let place = Place { hall, first_hour: hours.0, y: height };
            let (line, ends) = line(facts, &place, &shown, &gone);
            lines.push(line);
            height = ends;
        }
        Self {
            width: NAMES + (hours.1 - hours.0) * HOUR + EDGE,
            height,
            hours: (hours.0..=hours.1)
                .map(|hour| Hour { x: x(hour * MINUTES, hours.0), label: clock(hour) })
                .collect(),
            lines,
        }
    }

    /// How many screenings take place.
    pub fn planned(&self) -> usize {
        self.lines.iter().map(|line| line.blocks.len()).sum()
    }

    /// How many were cancelled.
    pub fn cancelled(&self) -> usize {
        self.lines.iter().map(|line| line.gone.len()).sum()
    }
}

/// Where a hall's line is.
struct Place<'a> {
    hall: &'a Hall,
    first_hour: i32,
    y: i32,
}

/// A hall's line, and where it ends. Cancelled screenings may have been at the same time as those
/// that take their place, and as each other: they are in lanes of their own.
fn line(facts: &Facts<'_>, place: &Place<'_>, shown: &[&Screening], gone: &[&Screening]) -> (Line, i32) {
    let Place { hall, first_hour, y } = *place;
    let here = |screening: &&&Screening| screening.hall_id == hall.hall_id;
    let blocks = shown.iter().filter(here).map(|screening| block(facts, hall, screening, first_hour, y + 4));
    let blocks = blocks.collect();
    let mut ends = y + LINE;
    // How far to the right each lane is taken.
    let mut lanes: Vec<i32> = Vec::new();
    let mut cancelled = Vec::new();
    for screening in gone.iter().filter(here) {
        let mut block = block(facts, hall, screening, first_hour, 0);
        let free = lanes.iter().position(|taken| *taken <= block.x);
        let lane = free.unwrap_or(lanes.len());
        match lanes.get_mut(lane) {
            Some(taken) => *taken = block.x + block.width,
            None => {
                lanes.push(block.x + block.width);
                ends += LANE;
            }
        }
        block.y = y + LINE + i32::try_from(lane).unwrap_or_default() * LANE;
        block.height = GONE;
        block.words = facts.language.text_with("manage-cancelled-of", &[("screening", block.words.into())]);
        cancelled.push(block);
    }
    let (hall_id, name, retired) = (hall.hall_id, hall.name.clone(), hall.retired);
    (Line { hall_id, name, retired, y, blocks, gone: cancelled }, ends)
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
    let (time, width) = (day::time(screening), right - left);
    let from_to = format!("{time}–{ends}");
    let when = first_that_fits(width, WHEN_LETTER, [from_to.clone(), time.to_owned()]);
    let taken = facts.sold.get(&screening.film_sid).map_or(0, |sold| sold.taken);
    let spoken = language::spoken(facts.language, &screening.language);
    // What is sold comes first: half a number would be another one.
    let sold = format!("{taken}/{}", screening.seats);
    let all = format!("{sold} · {} · {spoken}", screening.format);
    let most = format!("{sold} · {}", screening.format);
    let details = first_that_fits(width, DETAILS_LETTER, [all.clone(), most, sold]);
    let mut words = format!("{when} {title}, {details}");
    // What there was no room for.
    for whole in [&from_to, &all].into_iter().filter(|whole| **whole != when && **whole != details) {
        words = format!("{words}, {whole}");
    }
    words = format!("{words}, {}", hall_words(facts.language, hall));
    // How long a hall that is out of use was cleaned is not known any more.
    if !hall.retired {
        let minutes = [("minutes", hall.cleaning_minutes.into())];
        words = format!("{words}, {}", facts.language.text_with("manage-cleaning-of", &minutes));
    }
    Block {
        film_sid: screening.film_sid,
        x: left,
        y,
        width,
        height: SHOW,
        cleaning_x: right,
        cleaning_width: x(begins + lasts + hall.cleaning_minutes, first_hour) - right,
        title,
        when,
        details,
        words,
    }
}

/// Width of a letter at most, in tenths of the drawing's units: of the times, and of the details.
const WHEN_LETTER: i32 = 72;
const DETAILS_LETTER: i32 = 62;
/// Room beside what is written on a screening.
const MARGIN: i32 = 9;

/// The first text that a screening of a width has room for, else the last.
fn first_that_fits<const N: usize>(width: i32, letter: i32, texts: [String; N]) -> String {
    // A Chinese character is as wide as two letters.
    let wide = |text: &str| text.chars().map(|c| if c as u32 >= 0x2e80 { 17 } else { 10 }).sum::<i32>();
    let fits = |text: &String| wide(text) * letter / 100 + MARGIN <= width;
    let at = texts.iter().position(fits).unwrap_or(N - 1);
    texts.into_iter().nth(at).unwrap_or_default()
}

fn hall_words(language: Language, hall: &Hall) -> String {
    let name = language.text_with("hall", &[("name", hall.name.as_str().into())]);
    match hall.retired {
        true => language.text_with("manage-hall-gone", &[("hall", name.into())]),
        false => name,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_left_out_whole() {
        let texts = || ["22:25–23:56".to_owned(), "22:25".to_owned()];
        assert_eq!(first_that_fits(94, WHEN_LETTER, texts()), "22:25–23:56");
        assert_eq!(first_that_fits(80, WHEN_LETTER, texts()), "22:25");
        assert_eq!(first_that_fits(1, WHEN_LETTER, texts()), "22:25");
        let details = ["0/160 · 2D · 英语".to_owned(), "0/160 · 2D".to_owned(), "0/160".to_owned()];
        assert_eq!(first_that_fits(90, DETAILS_LETTER, details.clone()), "0/160 · 2D");
        assert_eq!(first_that_fits(130, DETAILS_LETTER, details), "0/160 · 2D · 英语");
    }
}
