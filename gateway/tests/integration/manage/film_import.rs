//! Importing films from a file.

use std::path::Path;

use http::{Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::{House, assert_all_words};
use crate::common::Answer;

const PLACE: &str = "/manage/films/import";

/// Records that need every kind of mending, two films that are one, and what is no film.
fn untidy() -> String {
    let long = "x".repeat(300);
    json!([
        { "Title": "Third Man, The", "Release Date": "Sep 02 1949", "Running Time min": 104 },
        { "Title": "The Third Man", "Release Date": "2-Sep-49", "Running Time min": "104 min" },
        { "Title": 1776, "MPAA Rating": "Open", "Release Date": "TBD" },
        { "Title": "AmÈlie  Poulain", "Release Date": "Feb 30 1999", "Director": ["Jeunet"] },
        { "Title": "<script>alert(1)</script>", "Release Date": "Dec 31 2046", "Distributor": long },
        { "Title": "No number", "IMDB Votes": "many", "Runtime": 95, "Major Genre": "A/B" },
        { "Title": null }, { "Title": " " }, { "Title": [] }, { "Title": long }, "no record", 7,
    ])
    .to_string()
}

impl House {
    async fn import(&self, language: &str, file: &str, latest_year: &str) -> Answer {
        let fields = [("latest_year", latest_year), ("file", file)];
        let (request, body) = self.uploading(&self.manager, language, PLACE, &fields);
        self.running.send(request, body).await
    }

    async fn titles(&self) -> Vec<String> {
        let found = self.running.as_user(&self.admin, Method::GET, "/v1/catalogue/films", &Value::Null).await;
        let films = found.json()["films"].as_array().cloned().unwrap_or_default();
        films.iter().map(|film| film["title"].as_str().unwrap().to_owned()).collect()
    }
}

/// What the summary counts: records, new films, those already there, refused.
#[track_caller]
fn counts(page: &Answer) -> [usize; 4] {
    ["records", "taken", "there", "refused"].map(|name| {
        let (_, rest) = page.text().split_once(&format!("<dd data-{name}>")).expect("the summary is there");
        rest.split('<').next().unwrap().parse().unwrap()
    })
}

#[tokio::test]
async fn what_is_untidy_is_mended_named_and_taken_once() {
    let house = House::start().await;
    assert_all_words(&house.get(PLACE).await);
    house.get("/manage/films").await.assert_says(&format!("href=\"{PLACE}\""));
    let first = house.import("en", &untidy(), "").await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(counts(&first), [12, 5, 1, 6]);
    for code in ["TITLE_A_NUMBER", "TITLE_SPACES", "TITLE_ENCODING", "TITLE_ARTICLE", "NOT_TEXT", "TEXT_CUT"]
    {
        first.assert_says(&format!("data-code=\"{code}\""));
    }
    for words in [
        "12 of 12 records",
        "article put first",
        "<code>&#34;Third Man, The&#34;</code> → <code>The Third Man</code>",
        "year after the latest of the file, so a century too late",
        "no running time, so 120 minutes are assumed",
        "it has no title",
        "its title has more than 200 characters",
        "<code>Runtime</code> 1",
        "The import is done",
    ] {
        first.assert_says(words);
    }
    assert!(!first.text().contains("<script>alert"), "what a file says is text");
    assert!(first.text().ends_with("</html>\n") || first.text().ends_with("</html>"), "the page is whole");
    assert_all_words(&first);
    let titles = house.titles().await;
    assert_eq!(titles.len(), 6, "{titles:?}");
    assert!(titles.iter().any(|title| title == "Amélie Poulain"), "{titles:?}");

    let again = house.import("zh-CN", &untidy(), "").await;
    assert_eq!(counts(&again), [12, 0, 6, 6]);
    for words in ["导入完成", "没有片名", "片名超过 200 个字符", "12 / 12"] {
        again.assert_says(words);
    }
    assert_all_words(&again);
    assert_eq!(house.titles().await, titles);
}

#[tokio::test]
async fn every_film_is_in_the_log_with_who_imported_it() {
    let house = House::start().await;
    house.import("en", r#"[{"Title": "Playtime"}, {"Title": "Jour de fête"}]"#, "").await;
    let marie = &house.manager["profile"]["user_id"];
    let path = format!("/v1/changes?thing=FILM&user_id={}", marie.as_i64().unwrap());
    let changes = house.running.as_user(&house.admin, Method::GET, &path, &Value::Null).await.json();
    let made: Vec<&str> =
        changes["changes"].as_array().unwrap().iter().filter_map(|one| one["what"].as_str()).collect();
    assert_eq!(made.len(), 2, "{changes}");
    assert!(made.iter().any(|what| what.contains("Playtime")), "{made:?}");
}

#[tokio::test]
async fn a_service_that_refuses_a_film_says_why_in_the_visitors_words() {
    let house = House::start().await;
    let genres = vec!["x"; 21].join("/");
    let file = json!([{ "Title": "Playtime", "Major Genre": genres }]).to_string();
    for (language, words) in [
        ("en", "This cannot be used: “Genres” has more than 20 entries."),
        ("zh-CN", "填写有误：“类型”不能超过 20 项。"),
    ] {
        let page = house.import(language, &file, "").await;
        assert_eq!(counts(&page), [1, 0, 0, 1]);
        page.assert_says(words);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_told_in_words_and_changes_nothing() {
    let house = House::start().await;
    let before = house.titles().await;
    let many = format!("[{}0]", "0,".repeat(20_000));
    for (file, year, words) in [
        ("", "", "Choose a file first."),
        (" \n", "", "Choose a file first."),
        ("[{\"Title\": \"Playtime\"}", "", "The file ends in the middle"),
        ("Title;Year\nPlaytime;1967", "", "Line 1, column 1 is where it cannot be read on."),
        ("[{\"Title\": \"Playtime\"}]\n[", "", "Line 2, column 1"),
        ("{\"films\": [{\"Title\": \"Playtime\"}]}", "", "no list of films"),
        (&*"[".repeat(100_000), "", "is not JSON"),
        ("[]", "", "The list in the file is empty."),
        (&*many, "", "more than 20000 records"),
        ("[{\"Title\": \"Playtime\"}]", "soon", "Give the latest year as a number"),
        ("[{\"Title\": \"Playtime\"}]", "99999", "Give the latest year as a number"),
    ] {
        let refused = house.import("en", file, year).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{words}");
        refused.assert_says(words);
        refused.assert_says(&format!("name=\"latest_year\" value=\"{year}\""));
        assert_all_words(&refused);
    }
    let large = format!("[{{\"Title\": \"{}\"}}]", "x".repeat(4 * 1024 * 1024));
    house.import("en", &large, "").await.assert_says("The file is too large: 4 MB at most.");
    // Not UTF-8, and no form with files at all.
    let (request, body) = house.uploading(&house.manager, "en", PLACE, &[("file", "[{\"Title\": \"~\"}]")]);
    let latin: Vec<u8> = body.bytes().map(|byte| if byte == b'~' { 0xe9 } else { byte }).collect();
    house.running.send(request, latin).await.assert_says("Files must be text in UTF-8.");
    house
        .post(PLACE, &[("file", "[{\"Title\": \"Playtime\"}]")])
        .await
        .assert_says("The form could not be read.");
    let nothing = house.import("en", r#"[{"title": "Playtime"}, 0]"#, "").await;
    assert_eq!(counts(&nothing), [2, 0, 0, 2]);
    nothing.assert_says("No record of the file is a film.");
    // A mark that some editors put first is none of that.
    assert_eq!(house.titles().await, before);
    let marked = house.import("en", "\u{feff}[{\"Title\": \"Playtime\"}]", "1999").await;
    assert_eq!(counts(&marked), [1, 1, 0, 0]);
}

#[tokio::test]
async fn only_managers_import_and_only_by_the_sites_own_form() {
    let house = House::start().await;
    let before = house.titles().await;
    let file = [("file", r#"[{"Title": "Playtime"}]"#)];
    let customer = house.running.register("carl").await;
    assert_eq!(house.get_as(&customer, "en", PLACE).await.status, 404);
    let (request, body) = house.uploading(&customer, "en", PLACE, &file);
    assert_eq!(house.running.send(request, body).await.status, 404);
    let (request, body) = house.uploading(&Value::Null, "en", PLACE, &file);
    house.running.send(request, body).await.assert_leads_to("/login?next=%2F");
    // A browser says on which page the form was: there one comes back to.
    let (request, body) = house.uploading(&Value::Null, "en", PLACE, &file);
    let request = request.header("referer", format!("http://tickets.example{PLACE}"));
    house.running.send(request, body).await.assert_leads_to("/login?next=%2Fmanage%2Ffilms%2Fimport");
    let (mut request, body) = house.uploading(&house.manager, "en", PLACE, &file);
    request.headers_mut().unwrap().insert("sec-fetch-site", "cross-site".parse().unwrap());
    let forged = house.running.send(request, body).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    forged.assert_says("This form was sent from another site");
    assert_eq!(house.titles().await, before);
}

fn movies() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/movies.json");
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[tokio::test]
async fn the_real_file_is_imported_piece_by_piece_and_can_be_taken_up_again() {
    let house = House::start().await;
    let movies = movies();
    let fields = [("latest_year", "2011"), ("file", &*movies)];
    let (request, body) = house.uploading(&house.manager, "en", PLACE, &fields);
    // A browser takes compressed answers: what is under way is sent all the same.
    let mut answer = house.running.open(request.header("accept-encoding", "gzip, br"), body).await;
    let mut page = String::new();
    while !page.contains(" of 3201 records") {
        let piece = answer.body_mut().frame().await.expect("signs of progress").unwrap().into_data().unwrap();
        page.push_str(std::str::from_utf8(&piece).unwrap());
    }
    assert!(!page.contains("data-told"), "it comes while there is more to do");
    // Whoever leaves the page ends it.
    drop(answer);
    let (request, body) = house.uploading(&house.manager, "en", PLACE, &fields);
    let page = house.running.send(request, body).await;
    let [records, taken, there, refused] = counts(&page);
    assert_eq!((records, taken + there, refused), (3201, 3200, 1));
    assert!(taken > 0 && there > 0, "{taken} are new, {there} were there");
    let steps = page.text().matches("data-done=").count();
    assert!((20..=60).contains(&steps), "{steps} signs of progress");
}

#[tokio::test]
async fn an_import_that_is_stopped_says_how_far_it_came() {
    let house = House::start().await;
    let movies = movies();
    let fields = [("file", &*movies)];
    let (request, body) = house.uploading(&house.manager, "en", PLACE, &fields);
    let mut answer = house.running.open(request, body).await;
    let mut page = String::new();
    while let Some(frame) = answer.body_mut().frame().await {
        page.push_str(std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap());
        if page.contains(" of 3201 records") {
            house.running.stop.cancel();
        }
    }
    for words in ["The import stopped", "What was taken stays", "The site is being restarted.", "</html>"] {
        assert!(page.contains(words), "{words}: {page}");
    }
}
