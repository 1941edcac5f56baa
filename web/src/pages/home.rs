//! The start page: what is on, by day, city, cinema, language, format and title.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use contract::film::{Cinema, Film, GetInfoListRequest, GetInfoListResponse, ListCinemasRequest, Screening};
use http::Response;
use jiff::civil::Date;
use serde::Deserialize;

use crate::chrome::Chrome;
use crate::language::Language;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, day, format, response, title};

/// Screenings asked for at a time, the most there can be.
const PAGE_SIZE: i32 = 200;
/// Screenings of a day that are looked at: more than a chain has in a city.
const MOST: usize = 2_000;
/// Times shown for a film; all of them are on the film's page.
const TIMES: usize = 6;
/// Cinemas looked at.
const MOST_CINEMAS: i32 = 200;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Part of a title.
    q: String,
    /// A day, `2026-11-24`; where it is none, today, or the next day that has something.
    day: String,
    city: Option<String>,
    cinema: String,
    language: String,
    format: String,
}

impl Filter {
    /// The start page with the same filters on a day.
    fn on(&self, day: Date, city: &str) -> String {
        let day = day.to_string();
        let values = [
            ("day", &*day),
            ("q", &*self.q),
            ("city", city),
            ("cinema", &*self.cinema),
            ("language", &*self.language),
            ("format", &*self.format),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(values.into_iter().filter(|(_, value)| !value.is_empty()));
        format!("/?{}", query.finish())
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    chrome: Chrome,
    filter: Filter,
    city: String,
    cinema: i64,
    days: Vec<DayChoice>,
    cities: Vec<String>,
    cinemas: Vec<Cinema>,
    languages: Vec<String>,
    formats: Vec<String>,
    films: Vec<Card>,
    /// Where there may be something, where nothing was found: the day after, and all of it.
    further: Vec<(String, String)>,
}

/// A day to choose.
struct DayChoice {
    value: String,
    /// The same filters on that day.
    href: String,
    label: String,
    chosen: bool,
}

/// A film that is on.
struct Card {
    film_id: i64,
    title: String,
    original: Option<String>,
    hue: u32,
    facts: String,
    rating: String,
    from: String,
    times: Vec<Time>,
    more: usize,
}

/// A screening to choose.
struct Time {
    film_sid: i64,
    time: String,
    format: String,
    cinema: String,
}

/// Shows what is on.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(mut filter): Query<Filter>,
) -> Result<Response<Body>, Refused> {
    let request = ListCinemasRequest { page_size: MOST_CINEMAS, ..ListCinemasRequest::default() };
    let all = state.services.films().list_cinemas(visitor.ask(request)).await?.into_inner().cinemas;
    let cities: BTreeSet<String> = all.iter().map(|cinema| cinema.city.clone()).collect();
    let city = filter.city.take().unwrap_or_else(|| visitor.city.clone());
    let city = if cities.contains(&city) { city } else { String::new() };
    let cinemas: Vec<Cinema> =
        all.into_iter().filter(|cinema| city.is_empty() || cinema.city == city).collect();
    let cinema = filter.cinema.parse().unwrap_or_default();
    let today = day::today(state.clock.now_ms(), &cinemas);
    let picked = filter.day.parse().ok().filter(|day: &Date| *day >= today);
    let mut chosen = picked.unwrap_or(today);
    let search = Search { state: &state, visitor: &visitor, filter: &filter, city: &city, cinema };
    let mut found = search.on(chosen, &cinemas).await?;
    if picked.is_none() && found.screenings.is_empty() {
        // Late at night nothing is left of today, and nobody wants to be told that.
        if let Some(next) = search.next_day(today, &cinemas).await? {
            (chosen, found) = (next, search.on(next, &cinemas).await?);
        }
    }
    let days = day::offered(today).map(|day| DayChoice {
        value: day.to_string(),
        href: filter.on(day, &city),
        label: if day == today { visitor.language.text("today") } else { format::day(visitor.language, day) },
        chosen: day == chosen,
    });
    let days: Vec<DayChoice> = days.collect();
    let page = Home {
        chrome: Chrome::new(&state, &visitor, "home-title"),
        further: further(&visitor, &filter, &days, &city),
        days,
        cities: cities.into_iter().collect(),
        languages: choices(&found.screenings, |screening| &screening.language, &filter.language),
        formats: choices(&found.screenings, |screening| &screening.format, &filter.format),
        films: cards(&visitor, &found, &cinemas),
        filter,
        city,
        cinema,
        cinemas,
    };
    Ok(response::page(&page))
}

/// Other places to look at, with what they are called.
fn further(visitor: &Visitor, filter: &Filter, days: &[DayChoice], city: &str) -> Vec<(String, String)> {
    let language = visitor.language;
    let chosen = days.iter().position(|day| day.chosen);
    let next = chosen.and_then(|at| days.get(at + 1));
    let next = next.map(|day| {
        let words = language.text_with("show-day", &[("day", day.label.as_str().into())]);
        (day.href.clone(), words)
    });
    let narrowed = [&*filter.q, &*filter.cinema, &*filter.language, &*filter.format, city];
    let all = narrowed.iter().any(|value| !value.is_empty());
    // The city is kept by a cookie: none is a choice too.
    let all = all.then(|| ("/?city=".to_owned(), language.text("clear-filters")));
    next.into_iter().chain(all).collect()
}

#[derive(Default)]
struct Found {
    films: Vec<Film>,
    screenings: Vec<Screening>,
}

/// What is looked for among the screenings to come.
struct Search<'a> {
    state: &'a State,
    visitor: &'a Visitor,
    filter: &'a Filter,
    city: &'a str,
    cinema: i64,
}

impl Search<'_> {
    fn request(&self, (from, to): (i64, i64), page_size: i32) -> GetInfoListRequest {
        GetInfoListRequest {
            // What has begun cannot be bought.
            from: from.max(self.state.clock.now_ms()),
            to,
            title: self.filter.q.trim().to_owned(),
            cinema_id: self.cinema,
            city: self.city.to_owned(),
            language: self.filter.language.clone(),
            format: self.filter.format.clone(),
            page_size,
            ..GetInfoListRequest::default()
        }
    }

    async fn ask(&self, request: GetInfoListRequest) -> Result<GetInfoListResponse, Refused> {
        Ok(self.state.services.films().get_info_list(self.visitor.ask(request)).await?.into_inner())
    }

    /// The first of the days to choose from on which something begins.
    async fn next_day(&self, today: Date, cinemas: &[Cinema]) -> Result<Option<Date>, Refused> {
        let bounds = |day| day::bounds(day, cinemas);
        let (first, last) = (bounds(today), day::offered(today).last().and_then(bounds));
        let (Some((from, _)), Some((_, to))) = (first, last) else { return Ok(None) };
        let soonest = self.ask(self.request((from, to), 1)).await?.screenings;
        Ok(soonest.first().and_then(day::of))
    }

    async fn on(&self, day: Date, cinemas: &[Cinema]) -> Result<Found, Refused> {
        let mut found = Found::default();
        let Some(bounds) = day::bounds(day, cinemas) else { return Ok(found) };
        let mut request = self.request(bounds, PAGE_SIZE);
        while found.screenings.len() < MOST {
            let answer = self.ask(request.clone()).await?;
            for film in answer.films {
                if found.films.iter().all(|known| known.film_id != film.film_id) {
                    found.films.push(film);
                }
            }
            // At other cinemas it may be another day.
            found
                .screenings
                .extend(answer.screenings.into_iter().filter(|screening| day::of(screening) == Some(day)));
            if answer.next_page_token.is_empty() {
                break;
            }
            request.page_token = answer.next_page_token;
        }
        found.films.sort_by_key(|film| (std::cmp::Reverse(film.popularity), film.film_id));
        Ok(found)
    }
}

/// What can be chosen among the screenings found, and what is chosen.
fn choices(screenings: &[Screening], of: fn(&Screening) -> &String, chosen: &str) -> Vec<String> {
    let mut all: BTreeSet<&str> = screenings.iter().map(|screening| of(screening).as_str()).collect();
    all.insert(chosen);
    all.into_iter().filter(|choice| !choice.is_empty()).map(str::to_owned).collect()
}

fn cards(visitor: &Visitor, found: &Found, cinemas: &[Cinema]) -> Vec<Card> {
    let card = |film: &Film| {
        let mut shown: Vec<&Screening> =
            found.screenings.iter().filter(|screening| screening.film_id == film.film_id).collect();
        // They come by the moment; where cinemas are in several time zones, people go by the clock.
        shown.sort_by_key(|screening| day::time(screening));
        Some(Card {
            film_id: film.film_id,
            title: title::of(film, visitor.language).to_owned(),
            original: title::original(film, visitor.language).map(str::to_owned),
            hue: title::hue(film),
            facts: facts(visitor, film),
            rating: film.rating.clone(),
            from: cheapest(visitor.language, &shown)?,
            more: shown.len().saturating_sub(TIMES),
            times: shown.iter().take(TIMES).map(|screening| time(screening, cinemas)).collect(),
        })
    };
    found.films.iter().filter_map(card).collect()
}

/// The lowest price in each currency, in the order of the screenings: amounts of different
/// currencies are not to be compared. Nothing where nothing has a price.
fn cheapest(language: Language, shown: &[&Screening]) -> Option<String> {
    let mut lowest: Vec<(&str, i64)> = Vec::new();
    for screening in shown.iter().filter(|screening| screening.price_from > 0) {
        match lowest.iter_mut().find(|(currency, _)| *currency == screening.currency) {
            Some((_, price)) => *price = screening.price_from.min(*price),
            None => lowest.push((&screening.currency, screening.price_from)),
        }
    }
    let amounts = lowest.into_iter().map(|(currency, price)| format::money(language, price, currency));
    let amounts: Vec<String> = amounts.collect();
    (!amounts.is_empty()).then(|| amounts.join(&language.text("hall-list-separator")))
}

fn facts(visitor: &Visitor, film: &Film) -> String {
    let genres = film.genres.iter().take(2).cloned();
    let length = format::minutes(visitor.language, film.minutes);
    std::iter::once(length).chain(genres).collect::<Vec<_>>().join(" · ")
}

fn time(screening: &Screening, cinemas: &[Cinema]) -> Time {
    let cinema = cinemas.iter().find(|cinema| cinema.cinema_id == screening.cinema_id);
    Time {
        film_sid: screening.film_sid,
        time: day::time(screening).to_owned(),
        format: screening.format.clone(),
        cinema: cinema.map(|cinema| cinema.name.clone()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn priced(price_from: i64, currency: &str) -> Screening {
        Screening { price_from, currency: currency.to_owned(), ..Screening::default() }
    }

    #[test]
    fn the_lowest_price_is_told_in_each_currency() {
        let cheapest = |language, all: &[Screening]| cheapest(language, &all.iter().collect::<Vec<_>>());
        let chain = [priced(5_000, "CNY"), priced(1_150, "EUR"), priced(4_500, "CNY"), priced(2_000, "JPY")];
        assert_eq!(cheapest(Language::En, &chain).unwrap(), "CN¥45.00, €11.50, ¥2,000");
        assert_eq!(cheapest(Language::Zh, &chain).unwrap(), "¥45.00、€11.50、JP¥2,000");
        let one = [priced(1_150, "EUR"), priced(950, "EUR"), priced(0, "EUR")];
        assert_eq!(cheapest(Language::En, &one).unwrap(), "€9.50");
        assert_eq!(cheapest(Language::En, &[priced(0, "EUR")]), None);
    }
}
