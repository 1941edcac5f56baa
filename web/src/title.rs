//! A film's title as a visitor knows it.

use contract::film::Film;

use crate::language::Language;

/// The title in the visitor's language, where there is one.
pub fn of(film: &Film, language: Language) -> &str {
    let base = language.tag().split('-').next().unwrap_or_default();
    let exact = film.titles.get(language.tag()).or_else(|| film.titles.get(base));
    let near =
        || film.titles.iter().find(|(tag, _)| tag.split('-').next() == Some(base)).map(|(_, title)| title);
    exact.or_else(near).map_or(film.title.as_str(), String::as_str)
}

/// The original title, where it is another one.
pub fn original(film: &Film, language: Language) -> Option<&str> {
    Some(film.title.as_str()).filter(|title| *title != of(film, language))
}

/// Colours of posters.
const HUES: u32 = 12;

/// The colour of a film's poster, the same everywhere: 0 to 11.
pub fn hue(film: &Film) -> u32 {
    // Neighbours in the catalogue get colours far apart.
    u32::try_from(film.film_id.unsigned_abs().wrapping_mul(7) % u64::from(HUES)).unwrap_or_default()
}
