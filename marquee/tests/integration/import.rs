//! Importing films: the real file, twice, and files that are none.

use crate::common::{Place, movies};
use contract::film::ListFilmsRequest;
use serde_json::{Value, json};

#[tokio::test]
async fn the_real_file_is_taken_once_however_often_it_is_imported() {
    let place = Place::new();
    let file = movies();
    let import = || {
        let out =
            place.run(&["import", "films", file.to_str().unwrap(), "--json", "--latest-year", "2011"]).good();
        serde_json::from_str::<Value>(&out).unwrap()
    };
    let first = import();
    assert_eq!(first["records"], 3201);
    assert_eq!(first["taken"], 3200);
    assert_eq!(first["already_there"], 0);
    assert_eq!(
        first["refusals"],
        json!({ "it has no title": { "code": "NO_TITLE", "count": 1, "examples": ["null"] } })
    );
    assert_eq!(first["mends"]["no running time; 120 minutes assumed"]["count"], 1992);
    assert_eq!(first["mends"]["a year after the latest of the file is a century too late"]["count"], 22);
    let second = import();
    assert_eq!((&second["taken"], &second["already_there"]), (&json!(0), &json!(3200)));
    assert_eq!((&second["refused"], &second["mends"]), (&json!(1), &json!({})));

    let request = ListFilmsRequest { title: "astérix aux jeux".to_owned(), ..ListFilmsRequest::default() };
    let found = place.look(async |clients| clients.films.clone().list_films(request).await).await;
    let titles: Vec<_> = found.unwrap().into_inner().films.into_iter().map(|film| film.title).collect();
    assert_eq!(titles, ["Astérix aux Jeux Olympiques"]);
}

#[test]
fn people_read_what_was_done() {
    let place = Place::new();
    let records = json!([
        { "Title": "Barbarians, The", "Running Time min": 90 },
        { "Title": "Barbarians, The", "Running Time min": 90 },
        { "Title": null },
        "nonsense",
    ]);
    let file = place.write("films.json", &records.to_string());
    let out = place.run(&["import", "films", file.to_str().unwrap()]).good();
    for line in [
        "4 records read",
        "1 new films taken",
        "1 already there",
        "2 refused",
        "1  article put first",
        "title \"Barbarians, The\": now \"The Barbarians\"",
        "2  it has no title",
    ] {
        assert!(out.contains(line), "{line:?} is missing in {out}");
    }
}

#[tokio::test]
async fn dates_of_today_stay_and_what_was_not_read_is_named() {
    let place = Place::new();
    let records = json!([{ "Title": "Inside", "Release Date": "Jun 12 2015", "Runtime": 95 }]);
    let file = place.write("films.json", &records.to_string());
    let out = place.run(&["import", "films", file.to_str().unwrap()]).good();
    assert!(out.contains("were not read") && out.contains("1  \"Runtime\""), "{out}");
    let request = ListFilmsRequest { title: "Inside".to_owned(), ..ListFilmsRequest::default() };
    let found = place.look(async |clients| clients.films.clone().list_films(request).await).await;
    assert_eq!(found.unwrap().into_inner().films[0].release_date, "2015-06-12");
}

#[test]
fn a_file_without_any_film_is_a_failure() {
    let place = Place::new();
    let file = place.write("films.json", r#"[{"title": "Inside"}, {"title": "Outside"}]"#);
    let done = place.run(&["import", "films", file.to_str().unwrap()]);
    assert!(done.out.contains("2 refused") && done.out.contains("2  \"title\""), "{}", done.out);
    assert!(done.bad().contains("no record that is a film"));
}

#[test]
fn what_is_no_list_of_films_changes_nothing() {
    let place = Place::new();
    for (name, text, problem) in [
        ("empty.json", "", "not JSON"),
        ("cut.json", r#"[{"Title": "A"}, {"Tit"#, "not JSON"),
        ("object.json", "{}", "not a list"),
    ] {
        let file = place.write(name, text);
        let err = place.run(&["import", "films", file.to_str().unwrap()]).bad();
        assert!(err.contains(name) && err.contains("nothing was changed") && err.contains(problem), "{err}");
    }
    let err = place.run(&["import", "films", "missing.json"]).bad();
    assert!(err.contains("cannot read missing.json"), "{err}");
    assert!(!place.data().exists(), "not even a data folder");
}
