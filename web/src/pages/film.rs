//! A film, and where and when it is on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query, State as Extract};
use contract::film::{Cinema, Film, GetFilmRequest, Screening};
use http::Response;
use jiff::civil::Date;
use serde::Deserialize;

use crate::chrome::Chrome;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, day, format, response, showing, title};

/// Which screenings are shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// A day, `2026-11-24`; the first with screenings where it is none.
    day: String,
    /// A city; all where empty, the visitor's where not given.
    city: Option<String>,
}

#[derive(Template)]
#[template(path = "film.html")]
struct FilmPage {
    chrome: Chrome,
    film: Film,
    title: String,
    original: Option<String>,
    hue: u32,
    length: String,
    cities: Vec<String>,
    city: String,
    days: Vec<DayTab>,
    places: Vec<Place>,
    /// For search engines: see `event`.
    events: String,
}

struct DayTab {
    href: String,
    label: String,
    chosen: bool,
}

/// A cinema and the times there.
struct Place {
    cinema: Cinema,
    times: Vec<Time>,
}

impl Place {
    /// Where it is.
    fn address(&self) -> String {
        showing::address(&self.cinema)
    }
}

struct Time {
    film_sid: i64,
    time: String,
    ends: String,
    format: String,
    language: String,
    subtitles: String,
    hall: String,
    from: String,
}

/// Shows a film.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_id): Path<String>,
    Query(choice): Query<Choice>,
) -> Result<Response<Body>, Refused> {
    let film_id = super::number(&film_id)?;
    let request = GetFilmRequest { film_id, city: String::new() };
    let answer = state.services.films().get_film(visitor.ask(request)).await?.into_inner();
    let film = answer.film.ok_or_else(Refused::not_found)?;
    let cities: BTreeSet<String> = answer.cinemas.iter().map(|cinema| cinema.city.clone()).collect();
    let city = choice.city.unwrap_or_else(|| visitor.city.clone());
    let city = if cities.contains(&city) { city } else { String::new() };
    let here: Vec<&Screening> =
        answer.screenings.iter().filter(|screening| in_city(screening, &answer.cinemas, &city)).collect();
    let dates: BTreeSet<Date> = here.iter().filter_map(|screening| day::of(screening)).collect();
    let asked = choice.day.parse().ok().filter(|day| dates.contains(day));
    let chosen = asked.or_else(|| dates.first().copied());
    let shown: Vec<&Screening> = here.into_iter().filter(|screening| day::of(screening) == chosen).collect();
    let tab = |date: &Date| DayTab {
        href: on(film.film_id, *date, &city),
        label: format::day(visitor.language, *date),
        chosen: Some(*date) == chosen,
    };
    let days = dates.iter().take(day::OFFERED).map(tab).collect();
    let title = title::of(&film, visitor.language).to_owned();
    let page = FilmPage {
        chrome: Chrome::titled(&state, &visitor, title.clone()),
        original: title::original(&film, visitor.language).map(str::to_owned),
        hue: title::hue(&film),
        length: format::minutes(visitor.language, film.minutes),
        cities: cities.into_iter().collect(),
        city,
        days,
        places: places(&visitor, &shown, &answer.cinemas),
        events: event::script(&film, &title, &shown, &answer.cinemas),
        title,
        film,
    };
    Ok(response::page(&page))
}

/// The page of a film with its screenings of a day in a city.
fn on(film_id: i64, day: Date, city: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("day", &day.to_string()).append_pair("city", city);
    format!("/films/{film_id}?{}", query.finish())
}

fn in_city(screening: &Screening, cinemas: &[Cinema], city: &str) -> bool {
    let here = |cinema: &Cinema| cinema.cinema_id == screening.cinema_id && cinema.city == city;
    city.is_empty() || cinemas.iter().any(here)
}

fn places(visitor: &Visitor, shown: &[&Screening], cinemas: &[Cinema]) -> Vec<Place> {
    let mut by_cinema: BTreeMap<i64, Vec<Time>> = BTreeMap::new();
    for screening in shown {
        by_cinema.entry(screening.cinema_id).or_default().push(time(visitor, screening));
    }
    let place = |(cinema_id, times)| {
        let cinema = cinemas.iter().find(|cinema| cinema.cinema_id == cinema_id)?.clone();
        Some(Place { cinema, times })
    };
    by_cinema.into_iter().filter_map(place).collect()
}

fn time(visitor: &Visitor, screening: &Screening) -> Time {
    let lasts = (screening.ends_at - screening.starts_at).max(0);
    let subtitles = match screening.subtitles.as_str() {
        "" => String::new(),
        tag => visitor
            .language
            .text_with("subtitles", &[("language", crate::language::spoken(visitor.language, tag).into())]),
    };
    Time {
        film_sid: screening.film_sid,
        time: day::time(screening).to_owned(),
        ends: day::later(screening, lasts),
        format: screening.format.clone(),
        language: crate::language::spoken(visitor.language, &screening.language),
        subtitles,
        hall: screening.hall_name.clone(),
        from: format::money(visitor.language, screening.price_from, &screening.currency),
    }
}

/// What search engines read (schema.org, `ScreeningEvent`).
mod event {
    use contract::film::{Cinema, Film, Screening};
    use serde_json::{Value, json};

    /// The day's screenings as JSON-LD, safe to stand in a page.
    pub fn script(film: &Film, title: &str, shown: &[&Screening], cinemas: &[Cinema]) -> String {
        let events: Vec<Value> =
            shown.iter().filter_map(|screening| event(film, title, screening, cinemas)).collect();
        // `</script>` in a title must not end the script.
        Value::from(events).to_string().replace('<', "\\u003c")
    }

    fn event(film: &Film, title: &str, screening: &Screening, cinemas: &[Cinema]) -> Option<Value> {
        let cinema = cinemas.iter().find(|cinema| cinema.cinema_id == screening.cinema_id)?;
        Some(json!({
            "@context": "https://schema.org",
            "@type": "ScreeningEvent",
            "name": title,
            "startDate": screening.starts_local,
            "inLanguage": screening.language,
            "subtitleLanguage": screening.subtitles,
            "videoFormat": screening.format,
            "location": {
                "@type": "MovieTheater",
                "name": cinema.name,
                "address": format!("{}, {}", cinema.address, cinema.city),
            },
            "workPresented": {
                "@type": "Movie",
                "name": film.title,
                "duration": format!("PT{}M", film.minutes),
                "director": film.director,
            },
            "offers": {
                "@type": "Offer",
                "priceCurrency": screening.currency,
                "price": crate::format::decimal(screening.price_from, &screening.currency),
                "url": format!("/screenings/{}", screening.film_sid),
            },
        }))
    }
}
