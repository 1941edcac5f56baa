//! The rules of mending, and the real file.

use std::collections::BTreeMap;
use std::path::Path;

use contract::Validate;
use contract::film::CreateFilmRequest;
use serde_json::{Value, json};

use super::*;
use crate::record::popularity;

/// 2026-11-24.
const NOW_MS: i64 = 1_795_478_400_000;

fn film_from(record: &Value) -> Outcome {
    super::film_from(record, Years::announced(NOW_MS))
}

fn taken(record: &Value) -> (CreateFilmRequest, Vec<Mend>) {
    match film_from(record) {
        Outcome::Taken { request, mended } => (*request, mended),
        Outcome::Refused { why, .. } => panic!("refused: {why:?}"),
    }
}

fn release_date_of(text: &str) -> String {
    taken(&json!({ "Title": "x", "Release Date": text })).0.release_date
}

#[test]
fn dates_are_read_in_the_forms_they_come_in() {
    for (text, date) in [
        ("Jun 12 1998", "1998-06-12"),
        ("9-Mar-94", "1994-03-09"),
        ("9-Mar-04", "2004-03-09"),
        ("9-Mar-36", "2036-03-09"),
        ("9-Mar-37", "1937-03-09"),
        ("1928-01-01", "1928-01-01"),
        ("Jun 12 2015", "2015-06-12"),
        ("24 December 2016", "2016-12-24"),
        ("Dec 31 2046", "1946-12-31"),
        ("1 Jan -194", ""),
        ("1928", "1928-01-01"),
        ("TBD", ""),
        ("Feb 30 1999", ""),
        ("Jan 01 0001", ""),
        ("", ""),
    ] {
        assert_eq!(release_date_of(text), date, "{text}");
    }
}

#[test]
fn no_film_is_later_than_the_latest_of_its_file() {
    let years = Years::none_after(2011);
    let date = |text: &str| match super::film_from(&json!({ "Title": "x", "Release Date": text }), years) {
        Outcome::Taken { request, mended } => {
            (request.release_date, mended.iter().any(|m| m.field == "release_date"))
        }
        Outcome::Refused { why, .. } => panic!("refused: {why:?}"),
    };
    assert_eq!(date("Dec 31 2046"), ("1946-12-31".to_owned(), true));
    assert_eq!(date("Dec 31 2011"), ("2011-12-31".to_owned(), false));
    assert_eq!(date("31-Dec-12"), ("1912-12-31".to_owned(), true));
}

#[test]
fn a_running_time_may_be_written_as_text() {
    for (value, minutes) in [(json!("95"), 95), (json!(" 95 min"), 95), (json!("long"), 120), (json!(95), 95)]
    {
        let (film, mended) = taken(&json!({ "Title": "x", "Running Time min": value }));
        assert_eq!(film.minutes, minutes, "{value}");
        assert_eq!(mended.is_empty(), value == json!(95), "{value}");
    }
}

#[test]
fn keys_without_a_meaning_are_named() {
    let record = json!({ "Title": "x", "title": "x", "US Gross": 1, "Runtime": 95 });
    let mut unknown: Vec<_> = unknown_keys(&record).collect();
    unknown.sort_unstable();
    assert_eq!(unknown, ["Runtime", "title"]);
    assert_eq!(unknown_keys(&json!("no record")).count(), 0);
}

#[test]
fn titles_are_mended_by_their_rules() {
    let title = |value: Value| taken(&json!({ "Title": value })).0.title;
    assert_eq!(title(json!(1776)), "1776");
    assert_eq!(title(json!("Charge of the Light Brigade, The")), "The Charge of the Light Brigade");
    assert_eq!(title(json!("Halloween:  The Curse ")), "Halloween: The Curse");
    assert_eq!(title(json!("Le Fabuleux destin d'AmÈlie Poulain")), "Le Fabuleux destin d'Amélie Poulain");
    assert_eq!(title(json!("De battre mon coeur s'est arrÍtÈ")), "De battre mon coeur s'est arrêté");
    assert_eq!(title(json!("The Naked Gun 2Ω: The Smell")), "The Naked Gun 2½: The Smell");
    assert_eq!(title(json!("I Love You Ö Don't Touch Me!")), "I Love You … Don't Touch Me!");
    assert_eq!(title(json!("\u{202e}Alien\u{feff}")), "Alien");
    for right in ["Amélie", "Alien³", "ÖSTERREICH", "È tardi", "霸王别姬"] {
        assert_eq!(title(json!(right)), right);
    }
}

#[test]
fn a_record_without_a_title_is_refused() {
    for record in
        [json!({ "Title": null }), json!({ "Title": " \u{200b}\u{202e}" }), json!({ "Title": [] }), json!(3)]
    {
        assert!(matches!(film_from(&record), Outcome::Refused { .. }), "{record}");
    }
}

#[test]
fn a_missing_running_time_is_assumed_and_named() {
    let (film, mended) = taken(&json!({ "Title": "x", "Running Time min": 0 }));
    assert_eq!(film.minutes, DEFAULT_MINUTES);
    assert_eq!(mended[0].field, "minutes");
}

#[test]
fn popularity_grows_with_rating_and_votes() {
    let liked = |rating: f64, votes: i64| popularity(&json!(rating), &json!(votes));
    assert!(liked(8.0, 100_000) > liked(8.0, 100));
    assert!(liked(8.0, 1000) > liked(6.0, 1000));
    assert_eq!(liked(10.0, i64::MAX), 10_000);
    assert_eq!(popularity(&Value::Null, &Value::Null), 0);
}

fn real_records() -> Vec<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/movies.json");
    let bytes = std::fs::read(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; this test reads the real file", file.display()));
    read(&bytes).unwrap()
}

#[test]
fn the_real_file_gives_films_the_contract_accepts() {
    let records = real_records();
    assert_eq!(records.len(), 3201);
    let mut refused = Vec::new();
    let mut rules = BTreeMap::<String, usize>::new();
    let mut decoded = Vec::new();
    for record in &records {
        // The file is of 2010 and announces films up to 2011.
        match super::film_from(record, Years::none_after(2011)) {
            Outcome::Refused { title, why } => refused.push((title, why.code.to_string())),
            Outcome::Taken { request, mended } => {
                request.validate().unwrap_or_else(|violation| panic!("{violation}: {record}"));
                assert!(is_day(&request.release_date), "{record}");
                assert!(request.release_date.as_str() < "2012", "{record}");
                for mend in mended {
                    *rules.entry(mend.rule.code.to_string()).or_default() += 1;
                    if mend.rule.code == "TITLE_ENCODING" {
                        decoded.push(mend.to);
                    }
                }
            }
        }
    }
    assert_eq!(refused, [("null".to_owned(), "NO_TITLE".to_owned())]);
    assert_eq!(rules["MINUTES_ASSUMED"], 1992);
    assert_eq!(rules["YEAR_TOO_LATE"], 22);
    assert_eq!(rules["TITLE_A_NUMBER"], 9);
    assert_eq!(decoded.len(), 18, "{decoded:?}");
    assert!(decoded.iter().any(|title| title == "Déjà Vu"), "{decoded:?}");
}

fn is_day(text: &str) -> bool {
    text.is_empty() || text.parse::<jiff::civil::Date>().is_ok_and(|date| date.to_string() == text)
}

#[test]
fn a_mark_of_the_byte_order_is_no_fault() {
    assert_eq!(read(b"\xef\xbb\xbf[1]").unwrap(), [1]);
}

#[test]
fn what_a_record_says_is_told_in_a_bounded_length() {
    let (film, mended) =
        taken(&json!({ "Title": "x", "Running Time min": 90, "Director": ["é".repeat(5_000)] }));
    assert_eq!(film.director, "");
    assert_eq!((mended[0].rule.code.as_ref(), mended[0].from.chars().count()), ("NOT_TEXT", 201));
}

#[test]
fn codes_differ_and_words_name_the_limits() {
    let all = Reason::ALL;
    let codes: std::collections::BTreeSet<_> = all.iter().map(|reason| &reason.code).collect();
    assert_eq!(codes.len(), Reason::ALL.len());
    let named = |code: &str, limit: String| {
        Reason::ALL.iter().any(|reason| reason.code == code && reason.words.contains(&limit))
    };
    assert!(named("MINUTES_ASSUMED", DEFAULT_MINUTES.to_string()));
    assert!(named("TITLE_TOO_LONG", record::MAX_TEXT.to_string()));
}

#[test]
fn what_is_no_list_is_refused() {
    assert!(read(b"{}").is_err());
    assert!(read(b"").is_err());
}
