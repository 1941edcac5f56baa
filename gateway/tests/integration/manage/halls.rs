//! Building halls: their plans are seen before they are saved.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{House, assert_all_words, cookies};
use crate::common::Answer;

const DRAWING: &str =
    "@category s #3b82f6 Standard\r\n@category P #f59e0b Premium\r\nA: ssw_k\r\nB: (PP)#\r\n";

impl House {
    /// Sends a form with files as a browser does.
    pub(super) async fn upload(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (request, body) = self.uploading(&self.manager, "en", path, fields);
        self.running.send(request, body).await
    }

    /// The request that somebody sends a form with files by.
    pub(super) fn uploading(
        &self,
        session: &Value,
        language: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> (http::request::Builder, String) {
        let part = |(name, value): &(&str, &str)| {
            let file = if *name == "file" { "; filename=\"plan.json\"" } else { "" };
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
        };
        let body: String = fields.iter().map(part).collect();
        let request = self
            .running
            .request(Method::POST, path)
            .header("cookie", cookies(session, language))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "multipart/form-data; boundary=edge");
        (request, format!("{body}--edge--\r\n"))
    }

    async fn halls(&self) -> Vec<Value> {
        let halls = self.running.get(&format!("/v1/cinemas/{}/halls", self.cinema)).await.json();
        halls["halls"].as_array().cloned().unwrap_or_default()
    }
}

#[tokio::test]
async fn a_drawing_is_seen_before_it_becomes_a_hall() {
    let house = House::start().await;
    let path = format!("/manage/cinemas/{}/halls", house.cinema);
    let form = house.get(&format!("{path}/new")).await;
    assert_all_words(&form);
    let key = form.field("key");
    let typed = [("key", &*key), ("name", "Blue <1>"), ("cleaning", "25"), ("drawing", DRAWING)];
    let preview = house.upload(&path, &[&typed[..], &[("do", "preview")]].concat()).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text());
    for words in
        ["6 seats for sale", "Standard · Premium", "Row B seat 1, couple seat, free", "not saved yet"]
    {
        preview.assert_says(words);
    }
    preview.assert_says("@category P #f59e0b Premium");
    assert_all_words(&preview);
    assert_eq!(house.halls().await.len(), 1, "nothing is saved by looking");
    let save = [&typed[..], &[("do", "save")]].concat();
    house.upload(&path, &save).await.assert_leads_to(&format!("{path}?done=saved"));
    house.upload(&path, &save).await.assert_leads_to(&format!("{path}?done=saved"));
    let list = house.get(&path).await;
    list.assert_says("Blue &#60;1&#62;");
    assert_all_words(&list);
    assert_eq!(house.halls().await.len(), 2);
}

#[tokio::test]
async fn a_plan_that_cannot_be_used_is_told_and_nothing_typed_is_lost() {
    let house = House::start().await;
    let path = format!("/manage/cinemas/{}/halls", house.cinema);
    let wrong = [("name", "Blue"), ("cleaning", "25"), ("drawing", "@category s S\nA: sxs"), ("do", "save")];
    let refused = house.upload(&path, &wrong).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    for words in ["Line 2, column 5", "value=\"Blue\"", "value=\"25\"", "A: sxs"] {
        refused.assert_says(words);
    }
    let twice = [("name", "1"), ("drawing", "@category s S\nA: ss"), ("do", "save")];
    house.upload(&path, &twice).await.assert_says("The cinema has a hall of that name.");
    let nothing = house.upload(&path, &[("name", "Blue"), ("do", "preview")]).await;
    nothing.assert_says("Choose a file or draw a plan first.");
    let huge = "x".repeat(5 * 1024 * 1024);
    house.upload(&path, &[("name", "Blue"), ("file", &huge)]).await.assert_says("4 MB at most");
    assert_eq!(house.halls().await.len(), 1);
}

#[tokio::test]
async fn what_is_no_number_is_told_and_nothing_is_saved() {
    let house = House::start().await;
    let path = format!("/manage/cinemas/{}/halls", house.cinema);
    let rows = [("name", "Blue"), ("grid_rows", "8"), ("grid_seats", "10"), ("do", "save")];
    for (field, typed, says) in [
        ("cleaning", "soon", "“Cleaning” takes a whole number, not “soon”."),
        ("cleaning", "1.5", "“Cleaning” takes a whole number, not “1.5”."),
        ("grid_rows", "99999999999", "“Rows” takes a whole number, not “99999999999”."),
        ("grid_aisles", "4, ", ""),
        ("grid_aisles", "4, x", "“Aisles” takes a whole number, not “x”."),
        ("grid_rows", "0", "“Rows” is missing"),
    ] {
        let mut fields = rows.to_vec();
        fields.retain(|(name, _)| *name != field);
        fields.push((field, typed));
        if says.is_empty() {
            // A comma at the end is none: it can be saved.
            fields.retain(|(name, _)| *name != "do");
            assert_eq!(house.upload(&path, &fields).await.status, StatusCode::OK);
            continue;
        }
        let refused = house.upload(&path, &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{field}: {typed}");
        refused.assert_says(says);
        refused.assert_says("value=\"Blue\"");
    }
    let drawn = [("json", ""), ("drawing", "@category s S\nA: ss"), ("seats", "A1")];
    for (action, field) in [("add_seats", "add_count"), ("number", "number_first"), ("save", "cleaning")] {
        let fields = [&drawn[..], &[("do", action), (field, "many")]].concat();
        let plan = format!("{path}/{}/plan", house.hall);
        let refused = house.upload(&plan, &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{action}");
        refused.assert_says("takes a whole number, not “many”.");
    }
    assert_eq!(house.halls().await.len(), 1);
}

#[tokio::test]
async fn a_file_is_imported_changed_exported_and_the_hall_retired() {
    let house = House::start().await;
    let path = format!("/manage/cinemas/{}/halls/{}", house.cinema, house.hall);
    let plan = json!({"name": "Blue", "extra": "kept", "categories": [{"name": "Standard", "color": "#3b82f6"}],
        "zones": [{"name": "Stalls", "position": {"x": 0, "y": 0}, "rows": [{"row_number": "A", "position": {"x": 0, "y": 0},
            "seats": [{"seat_guid": "A1", "seat_number": "1", "category": "Standard", "position": {"x": 0, "y": 0}}]}]}]});
    let plan = plan.to_string();
    let preview = house.upload(&path, &[("name", "Blue"), ("file", &plan), ("do", "preview")]).await;
    preview.assert_says("One seat for sale");
    // The file is not sent again: the form carries it.
    let carried = preview.text().split_once("<textarea name=\"json\" hidden>").unwrap().1;
    let carried = carried.split("</textarea>").next().unwrap().replace("&#34;", "\"");
    assert_eq!(carried, plan);
    let save = [("name", "Blue"), ("cleaning", "30"), ("json", &*carried), ("do", "save")];
    let list = format!("/manage/cinemas/{}/halls", house.cinema);
    house.upload(&path, &save).await.assert_leads_to(&format!("{list}?done=saved"));
    let hall = &house.halls().await[0];
    assert_eq!(
        (&hall["name"], &hall["seats"], &hall["cleaning_minutes"]),
        (&json!("Blue"), &json!(1), &json!(30))
    );
    let file = house.get(&format!("{path}/plan.json")).await;
    assert_eq!((file.text(), file.header("content-type")), (&*plan, "application/json"));
    let edit = house.get(&path).await;
    edit.assert_says("Stalls");
    assert_all_words(&edit);
    let film_sid = house.screening(18).await;
    let retire = format!("{path}/retire");
    assert_all_words(&house.get(&retire).await);
    house.post(&retire, &[]).await.assert_says("Tick the box");
    house.post(&retire, &[("sure", "yes")]).await.assert_says("still has screenings to come");
    house.post(&format!("/manage/screenings/{film_sid}/cancel"), &[("sure", "yes")]).await;
    house.post(&retire, &[("sure", "yes")]).await.assert_leads_to(&format!("{list}?done=retired"));
    assert_eq!(house.get(&path).await.status, 404);
    // What was there stays in its week, and nothing can be planned there.
    let week = format!("/manage/cinemas/{}/week?from=2026-11-24", house.cinema);
    let week = house.get(&week).await;
    week.assert_says(&format!("data-cancelled=\"{film_sid}\""));
    week.assert_says("Hall Blue (out of use)");
    week.assert_says(&format!("data-retired=\"{}\"", house.hall));
    week.assert_says("This cinema has no hall yet.");
    assert!(!week.text().contains("/screenings/new"), "{}", week.text());
    assert_all_words(&week);
}
