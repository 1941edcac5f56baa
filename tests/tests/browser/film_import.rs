//! Importing films from a file, by those who run cinemas.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tests::{Settings, eventually};

use crate::axe;
use crate::browser::Browser;
use crate::look::{Language, Look};
use crate::pages::Who;
use crate::people;
use crate::programme::Programme;
use crate::stage::{Stage, play};
use crate::work::crew;

/// How long the real file may take, on a machine that does other work too.
const LONG: Duration = Duration::from_secs(180);

/// The real file: thousands of records, as untidy as they come.
fn movies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/movies.json")
}

/// A manager's browser at the form.
async fn at_the_form(stage: &Stage, look: Look) -> Browser {
    let browser = stage.browser(look).await;
    browser.open("/").await;
    people::become_another(&browser, &mut Who::Anybody, Who::Manager).await;
    browser.open("/manage/films").await;
    browser.follow("main a[href='/manage/films/import']").await;
    browser
}

async fn send(browser: &Browser, file: &Path) {
    browser.choose_file("input[type=file]", file).await;
    browser.press("main form[action='/manage/films/import'] button").await;
}

/// The numbers of the summary, once it is there: taken, already there, refused.
async fn told(browser: &Browser) -> [u64; 3] {
    let script = "const told = document.querySelector('[data-told]');
        return told && document.readyState === 'complete'
            && ['taken', 'there', 'refused'].map((name) => Number(told.querySelector(`[data-${name}]`).textContent))";
    let numbers = eventually(LONG, "the import ends", async || {
        Some(browser.run(script, &[]).await).filter(Value::is_array)
    });
    serde_json::from_value(numbers.await).unwrap()
}

async fn nothing_grave(browser: &Browser, what: &str) {
    for dark in [false, true] {
        browser.light_or_dark(dark).await;
        let found = axe::findings(browser).await;
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{what}, dark: {dark}\n{}", found.join("\n"));
        let beside = "return document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth";
        assert_eq!(browser.run(beside, &[]).await, 0, "{what} is as wide as the screen");
    }
}

#[tokio::test]
async fn an_untidy_file_is_taken_once_and_what_was_done_is_told() {
    play("film_import", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        crew(&stage.cluster, Who::Manager, "manager", &[programme.utrecht]).await;
        for look in [Look::desktop(Language::English), Look::phone(Language::Chinese)] {
            let (language, folder) = (look.language, stage.cluster.folder());
            let of = |words: &str| format!("{words} {}", language.short());
            let records = json!([
                { "Title": format!("Third Man {}, The", language.short()), "Running Time min": "104 min" },
                { "Title": of("Playtime"), "Release Date": "16-Dec-67", "Runtime": 115 },
                { "Title": of("Playtime"), "Release Date": "1967-12-16" },
                { "Title": null, "Director": "Nobody" },
            ]);
            let file = folder.join(format!("films-{}.json", language.short()));
            fs::write(&file, records.to_string()).unwrap();
            let browser = at_the_form(stage, look).await;
            nothing_grave(&browser, "the form").await;
            // First the wrong file.
            let wrong = folder.join("wrong.json");
            fs::write(&wrong, "[{\"Title\": \"Playtime\"},\n {Title}]").unwrap();
            browser.turn(async || send(&browser, &wrong).await).await;
            let said = browser.text("main [role=alert]").await;
            assert!(said.contains(language.of("Line 2, column 3", "第 2 行第 3 列")), "{said}");
            nothing_grave(&browser, "the form with what is wrong").await;

            browser.turn(async || send(&browser, &file).await).await;
            assert_eq!(told(&browser).await, [2, 1, 1]);
            browser.read(language.of("it has no title", "没有片名")).await;
            browser.read(language.of("running time written as text", "片长写成了文字")).await;
            browser.see("[data-told] .keys").await;
            browser.see_no(".step, .running").await;
            nothing_grave(&browser, "the summary").await;
            browser.follow("main a.second[href='/manage/films/import']").await;
            browser.turn(async || send(&browser, &file).await).await;
            assert_eq!(told(&browser).await, [0, 3, 1], "nothing is there twice");
            browser.open("/manage/films?title=playtime").await;
            browser.read(&of("Playtime")).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_real_file_is_followed_to_its_end() {
    play("film_import_real", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let manager = crew(&stage.cluster, Who::Manager, "manager", &[programme.utrecht]).await;
        let browser = at_the_form(stage, Look::desktop(Language::English)).await;
        browser.fill("input[name=latest_year]", "2011").await;
        // In a tab of its own: a driver says nothing of a page that is still being loaded.
        let aside = "globalThis.aside = open('about:blank', 'aside'); document.querySelector('main form').target = 'aside'";
        browser.run(aside, &[]).await;
        send(&browser, &movies()).await;
        // How far it is, is seen while it goes on.
        let script = "const page = aside.document;
            const steps = [...page.querySelectorAll('.step')].filter((step) => step.checkVisibility());
            return steps.length === 1 && page.querySelector('[data-told]') === null && steps[0].innerText";
        let step = browser.until("progress is shown", script, &[]).await;
        assert!(step.as_str().unwrap().trim_end().ends_with(" of 3201 records"), "{step}");
        let tabs = browser.tabs().await;
        browser.to_tab(&tabs[1]).await;
        assert_eq!(told(&browser).await, [3200, 0, 1]);
        nothing_grave(&browser, "the summary of the real file").await;
        let late = browser.text("tr[data-code=YEAR_TOO_LATE]").await;
        assert!(late.starts_with("22"), "{late}");
        // Who did it is known of every film.
        let changes: Value = stage.cluster.admin().await.get("/v1/changes?page_size=200").await.ok();
        let changes = changes["changes"].as_array().unwrap();
        assert!(changes.len() == 200 && changes.iter().all(|change| change["user_id"] == manager.user_id));
    })
    .await;
}
