//! The film of a record.

use contract::film::CreateFilmRequest;
use serde_json::Value;

use crate::mend::{self, Mend};
use crate::reason::{MINUTES_ASSUMED, MINUTES_TEXT, RATING_OPEN, Reason};
use crate::release::{self, Years};

/// Running time of a film whose record names none, minutes.
pub const DEFAULT_MINUTES: i32 = 120;
/// Running times outside of this are mistakes, minutes.
const MINUTES: std::ops::RangeInclusive<i64> = 1..=900;
/// Keys of a record that are read, and those of the same files that are not needed.
const KEYS: [&str; 16] = [
    "Title",
    "Release Date",
    "Running Time min",
    "MPAA Rating",
    "Major Genre",
    "Director",
    "Distributor",
    "IMDB Rating",
    "IMDB Votes",
    "US Gross",
    "Worldwide Gross",
    "US DVD Sales",
    "Production Budget",
    "Source",
    "Creative Type",
    "Rotten Tomatoes Rating",
];
/// Longest title, director and distributor, characters: as in the contract.
pub(crate) const MAX_TEXT: usize = 200;
/// Longest rating, characters: as in the contract.
const MAX_RATING: usize = 20;
/// Longest genre, characters: as in the contract.
const MAX_GENRE: usize = 60;

/// What became of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is a film.
    Taken {
        /// What to call `CreateFilm` with.
        request: Box<CreateFilmRequest>,
        /// What was changed on the way.
        mended: Vec<Mend>,
    },
    /// It is not.
    Refused {
        /// What the record has for a title.
        title: String,
        /// Why.
        why: Reason,
    },
}

/// Keys of a record that mean nothing here: misspelt ones, or of another kind of file.
pub fn unknown_keys(record: &Value) -> impl Iterator<Item = &str> {
    let keys = record.as_object().into_iter().flat_map(|fields| fields.keys());
    keys.map(String::as_str).filter(|key| !KEYS.contains(key))
}

/// The film of a record.
#[must_use]
pub fn film_from(record: &Value, years: Years) -> Outcome {
    let mut mended = Vec::new();
    let title = match mend::title(&record["Title"], &mut mended) {
        Ok(title) => title,
        Err(why) => return Outcome::Refused { title: shown(&record["Title"]), why },
    };
    let request = CreateFilmRequest {
        title,
        minutes: minutes(&record["Running Time min"], &mut mended),
        release_date: release::date(&record["Release Date"], years, &mut mended),
        rating: rating(&record["MPAA Rating"], &mut mended),
        genres: genres(&record["Major Genre"], &mut mended),
        director: mend::text("director", &record["Director"], MAX_TEXT, &mut mended),
        distributor: mend::text("distributor", &record["Distributor"], MAX_TEXT, &mut mended),
        popularity: popularity(&record["IMDB Rating"], &record["IMDB Votes"]),
        ..CreateFilmRequest::default()
    };
    Outcome::Taken { request: Box::new(request), mended }
}

fn shown(title: &Value) -> String {
    title.as_str().map_or_else(|| title.to_string(), str::to_owned).chars().take(MAX_TEXT).collect()
}

fn minutes(value: &Value, mended: &mut Vec<Mend>) -> i32 {
    let text = value.as_str().map(|text| text.trim().trim_end_matches("min").trim_end());
    let given = value.as_i64().or_else(|| text?.parse().ok()).filter(|minutes| MINUTES.contains(minutes));
    if let (Some(minutes), Some(_)) = (given, text) {
        mended.push(Mend::new("minutes", value, &minutes, MINUTES_TEXT));
    }
    given.and_then(|minutes| i32::try_from(minutes).ok()).unwrap_or_else(|| {
        mended.push(Mend::new("minutes", value, &DEFAULT_MINUTES, MINUTES_ASSUMED));
        DEFAULT_MINUTES
    })
}

fn rating(value: &Value, mended: &mut Vec<Mend>) -> String {
    let rating = mend::text("rating", value, MAX_RATING, mended);
    if rating == "Open" {
        mended.push(Mend::new("rating", value, &"", RATING_OPEN));
        return String::new();
    }
    rating
}

fn genres(value: &Value, mended: &mut Vec<Mend>) -> Vec<String> {
    let genre = mend::text("genre", value, MAX_GENRE, mended);
    genre.split('/').map(str::trim).filter(|genre| !genre.is_empty()).map(str::to_owned).collect()
}

/// 0 to 10,000: the rating, counted fully from a million votes on and less with every power of ten below.
pub(crate) fn popularity(rating: &Value, votes: &Value) -> i32 {
    let rating = rating.as_f64().filter(|rating| (0.0..=10.0).contains(rating)).unwrap_or(0.0);
    let votes = votes.as_f64().filter(|votes| *votes >= 0.0).unwrap_or(0.0);
    let trust = ((votes + 1.0).log10() / 6.0).min(1.0);
    // Between 0 and 10,000 by the two lines above.
    #[allow(clippy::cast_possible_truncation)]
    let popularity = (rating * 1000.0 * trust).round() as i32;
    popularity
}
