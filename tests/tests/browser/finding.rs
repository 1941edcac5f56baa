//! Finding a film, and what is known of it.

use serde_json::Value;
use tests::Settings;

use crate::browser::Browser;
use crate::look::{Language, Look};
use crate::programme::Programme;
use crate::stage::play;

const AMELIE: (&str, &str) = ("Amélie", "天使爱美丽");
const EARTH: (&str, &str) = ("The Wandering Earth", "流浪地球");

/// Waits until the start page shows these films and no other.
async fn shows(browser: &Browser, films: &[(&str, &str)]) {
    let titles: Vec<&str> = films.iter().map(|film| browser.look.language.of(film.0, film.1)).collect();
    assert_eq!(browser.texts(".film h2 a").await, titles, "{}", browser.place().await);
}

async fn apply(browser: &Browser) {
    browser.follow("form[role=search] button").await;
}

async fn search(browser: &Browser, title: &str) {
    browser.fill("input[name=q]", title).await;
    apply(browser).await;
}

#[tokio::test]
async fn by_title_in_any_language_and_without_accents() {
    play("by_title", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        for language in Language::ALL {
            let browser = stage.browser(Look::desktop(language)).await;
            browser.open("/").await;
            // Nothing is on today: the first day that has something is shown, unless today is asked for.
            shows(&browser, &[AMELIE, EARTH]).await;
            let shown = format!("a.chip[aria-current=date][href*='day={}']", programme.first_day);
            browser.see(&shown).await;
            browser.follow("li:first-child a.chip").await;
            shows(&browser, &[]).await;
            browser.read(language.of("Nothing matches", "没有符合条件的场次")).await;
            browser.follow(&format!("a.chip[href*='day={}']", programme.first_day)).await;
            shows(&browser, &[AMELIE, EARTH]).await;
            for (title, film) in [
                ("amelie", AMELIE),
                ("Amélie", AMELIE),
                ("天使", AMELIE),
                ("fabuleux destin", AMELIE),
                ("WANDERING", EARTH),
                ("流浪", EARTH),
            ] {
                search(&browser, title).await;
                shows(&browser, &[film]).await;
                // What was searched for, and the day, are still there.
                assert_eq!(browser.run("return document.querySelector('[name=q]').value", &[]).await, title);
                assert!(browser.place().await.contains(&programme.first_day));
            }
            search(&browser, "ninotchka").await;
            shows(&browser, &[]).await;
            search(&browser, "").await;
            shows(&browser, &[AMELIE, EARTH]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn by_day_city_cinema_language_and_format() {
    play("by_filters", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        for language in Language::ALL {
            let browser = stage.browser(Look::phone(language)).await;
            let choose = async |list: &str, value: &str| {
                browser.choose(&format!("select[name={list}]"), value).await;
                apply(&browser).await;
            };
            browser.open(&programme.first()).await;
            assert_eq!(browser.texts("select[name=city] option").await[1..], ["Utrecht", "上海"]);
            let spoken = browser.texts("select[name=language] option").await;
            assert_eq!(spoken[1..], [language.of("French", "法语"), language.of("Mandarin", "普通话")]);
            choose("city", "上海").await;
            shows(&browser, &[EARTH]).await;
            choose("city", "").await;
            choose("cinema", &programme.utrecht.to_string()).await;
            shows(&browser, &[AMELIE]).await;
            choose("cinema", "").await;
            choose("language", "zh").await;
            shows(&browser, &[EARTH]).await;
            choose("language", "").await;
            choose("format", "IMAX").await;
            shows(&browser, &[EARTH]).await;
            // Another day, the same filters: nothing; without them, the one film of that day.
            browser.follow(&format!("a.chip[href*='day={}']", programme.second_day)).await;
            shows(&browser, &[]).await;
            choose("format", "").await;
            shows(&browser, &[EARTH]).await;
            let chosen = "return document.querySelectorAll('.chip[aria-current=date]').length";
            assert_eq!(browser.run(chosen, &[]).await, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_film_tells_of_itself_and_when_it_is_on() {
    play("film_page", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        for language in Language::ALL {
            let browser = stage.browser(Look::desktop(language)).await;
            browser.open(&programme.first()).await;
            browser.follow(".film h2 a").await;
            browser.is_at(&format!("/films/{}", programme.amelie)).await;
            assert_eq!(browser.text("h1").await, language.of(AMELIE.0, AMELIE.1));
            assert_eq!(browser.text(".original").await, "Le Fabuleux Destin d'Amélie Poulain");
            // Every fact has a label of its own.
            let labels = browser.texts("dl.facts dt").await;
            assert_eq!(labels[..2], [language.of("Length", "片长"), language.of("Genres", "类型")]);
            let distinct: std::collections::BTreeSet<&String> = labels.iter().collect();
            assert_eq!(distinct.len(), labels.len(), "{labels:?}");
            browser.read("Jean-Pierre Jeunet").await;
            browser.read(language.of("2 h 2 min", "2 小时 2 分钟")).await;
            browser.read("Kino Centraal").await;
            let times = browser.texts(".time b").await;
            assert_eq!(times.len(), 2, "{times:?}");
            let link = format!(
                "return !!document.querySelector(\"a.time[href='/screenings/{}']\")",
                programme.screening
            );
            assert_eq!(browser.run(&link, &[]).await, true);
            // Search engines are told the same.
            let told = browser
                .run("return document.querySelector('script[type=\"application/ld+json\"]').text", &[])
                .await;
            let told: Value = serde_json::from_str(told.as_str().unwrap()).unwrap();
            assert!(told.to_string().contains("ScreeningEvent"), "{told}");
        }
    })
    .await;
}
