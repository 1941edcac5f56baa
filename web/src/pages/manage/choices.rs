//! What forms offer to choose from.

use contract::film::{Cinema, Film, ListFilmsRequest, ListPriceListsRequest, PriceList};

use crate::State;
use crate::language::{self, Language};
use crate::problem::Refused;
use crate::title;
use crate::visitor::Visitor;

/// Films offered for choice; whoever does not find theirs searches by more of its title.
const FILMS: i32 = 50;
/// Languages films are commonly shown in; others are kept where a screening has them.
const SPOKEN: &[&str] = &["en", "zh", "yue", "ja", "ko", "fr", "de", "es", "it", "ru", "hi"];
/// Formats that are proposed; any other can be typed.
pub const FORMATS: &[&str] = &["2D", "3D", "IMAX", "4DX", "ScreenX", "Dolby"];

/// Something to choose.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl Choice {
    /// Chosen where its value is the one that was.
    pub fn new(value: impl ToString + Copy, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.to_string();
        Self { chosen: value == chosen, label: label.into(), value }
    }
}

/// Languages, and the one that is chosen whatever it is.
pub fn languages(language: Language, chosen: &str) -> Vec<Choice> {
    let other = Some(chosen).filter(|tag| !tag.is_empty() && !SPOKEN.contains(tag));
    let tags = SPOKEN.iter().copied().chain(other);
    tags.map(|tag| {
        let name = language::spoken(language, tag);
        let label = if tag.contains('-') { format!("{name} ({tag})") } else { name };
        Choice::new(tag, label, chosen)
    })
    .collect()
}

/// Films of the catalogue with a part of a title.
pub async fn films(
    state: &State,
    visitor: &Visitor,
    part: &str,
    chosen: &str,
) -> Result<Vec<Choice>, Refused> {
    let request = ListFilmsRequest { title: part.to_owned(), page_size: FILMS, page_token: String::new() };
    let films = state.services.films().list_films(visitor.ask(request)).await?.into_inner().films;
    Ok(films.iter().map(|film| Choice::new(film.film_id, named(film, visitor.language), chosen)).collect())
}

/// A film as one tells it from another of the same title.
fn named(film: &Film, language: Language) -> String {
    let title = title::of(film, language);
    match film.release_date.get(..4) {
        Some(year) => format!("{title} ({year})"),
        None => title.to_owned(),
    }
}

/// The price lists of a cinema that are in use.
pub async fn price_lists(
    state: &State,
    visitor: &Visitor,
    cinema: &Cinema,
) -> Result<Vec<PriceList>, Refused> {
    let request = visitor.ask(ListPriceListsRequest { cinema_id: cinema.cinema_id });
    Ok(state.services.films().list_price_lists(request).await?.into_inner().price_lists)
}
