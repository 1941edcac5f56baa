//! The programme as a visitor and the film service see it.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use service_film::domain::schedule::Slot;

use super::super::chain::CHAIN;
use super::*;

/// 2026-11-24, 00:00 UTC.
const NOW: i64 = 1_795_478_400_000;

fn films(minutes: &[i32]) -> Vec<ShownFilm> {
    let languages = ["en", "zh", "ja", "de"];
    let film = |(index, minutes): (usize, &i32)| ShownFilm {
        film_id: i64::try_from(index).unwrap() + 1,
        minutes: *minutes,
        language: languages[index % languages.len()].to_owned(),
    };
    minutes.iter().enumerate().map(film).collect()
}

fn hour_and_date(showing: &Showing, cinema: &DemoCinema) -> (i8, Date) {
    let zone = TimeZone::get(cinema.time_zone).unwrap();
    let local = Timestamp::from_millisecond(showing.starts_at).unwrap().to_zoned_datetime(zone);
    (local.hour(), local.date())
}

fn check(cinema: &DemoCinema, films: &[ShownFilm], now: i64) {
    let showings = plan(cinema, films, now);
    let mut per_day = BTreeMap::<(usize, Date), usize>::new();
    let mut last = BTreeMap::<usize, Slot>::new();
    for showing in &showings {
        let minutes = films.iter().find(|film| film.film_id == showing.film_id).unwrap().minutes;
        let hall = &cinema.halls[showing.hall];
        let slot = Slot::new(showing.starts_at, showing.lead_minutes, minutes, hall.cleaning_minutes);
        if let Some(before) = last.insert(showing.hall, slot) {
            assert!(!before.overlaps(&slot), "{}: {showing:?} overlaps", cinema.name);
        }
        let (hour, date) = hour_and_date(showing, cinema);
        assert!((10..=22).contains(&hour), "{}: {showing:?} is at {hour}", cinema.name);
        assert!(showing.starts_at > now);
        *per_day.entry((showing.hall, date)).or_default() += 1;
    }
    let first = per_day.keys().map(|(_, date)| *date).min();
    for ((hall, date), count) in per_day {
        let full = Some(date) > first;
        assert!(count <= PER_DAY && (!full || count >= 4), "{} {hall} {date}: {count}", cinema.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_two_screenings_overlap_and_all_are_at_sensible_times(
        minutes in prop::collection::vec(60i32..=180, 1..30),
        now in NOW..NOW + 400 * 86_400_000,
    ) {
        for cinema in &CHAIN {
            check(cinema, &films(&minutes), now);
        }
    }
}

#[test]
fn a_programme_varies() {
    let films = films(&[100; 24]);
    let mut shown = HashSet::new();
    for cinema in &CHAIN {
        let showings = plan(cinema, &films, NOW);
        assert_eq!(showings, plan(cinema, &films, NOW), "the same for the same day");
        let days: HashSet<_> = showings.iter().map(|showing| hour_and_date(showing, cinema).1).collect();
        assert!(days.len() >= 13, "{}: {} days", cinema.name, days.len());
        shown.extend(showings.iter().map(|showing| showing.film_id));
        let different =
            |value: fn(&Showing) -> &str| showings.iter().map(value).collect::<HashSet<_>>().len();
        assert!(different(|showing| &showing.language) > 1 && different(|showing| &showing.subtitles) > 1);
    }
    assert!(shown.len() >= 20, "{} films are shown somewhere", shown.len());
    let zones: HashSet<_> = CHAIN.iter().map(|cinema| cinema.time_zone).collect();
    let currencies: HashSet<_> = CHAIN.iter().map(|cinema| cinema.money.currency).collect();
    assert!(zones.len() >= 4 && currencies.len() >= 3);
}

#[test]
fn without_films_there_is_no_programme() {
    assert!(plan(&CHAIN[0], &[], NOW).is_empty());
}
