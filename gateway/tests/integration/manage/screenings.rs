//! Planning, changing, copying and cancelling screenings.

use http::StatusCode;
use serde_json::{Value, json};

use super::{House, assert_all_words};

impl House {
    /// Fields of the form for a screening at a time of 2026-11-24.
    async fn plan(&self, key: &str, time: &str) -> crate::common::Answer {
        let (film, hall, list) = (self.film.to_string(), self.hall.to_string(), self.list.to_string());
        let fields = [
            ("key", key),
            ("film", &film),
            ("hall", &hall),
            ("day", "2026-11-24"),
            ("time", time),
            ("language", "de"),
            ("subtitles", "en"),
            ("format", "3D"),
            ("price_list", &list),
            ("lead", "10"),
            ("from", "2026-11-23"),
        ];
        self.post(&format!("/manage/cinemas/{}/screenings", self.cinema), &fields).await
    }

    async fn week(&self, from: &str) -> crate::common::Answer {
        let page = self.get(&format!("/manage/cinemas/{}/week?from={from}", self.cinema)).await;
        assert_eq!(page.status, 200);
        page
    }
}

/// The ids of the screenings of a week.
fn blocks(page: &crate::common::Answer) -> Vec<String> {
    let links = page.text().split("<a href=\"/manage/screenings/").skip(1);
    links.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_screening_is_planned_once_and_stands_in_the_week() {
    let house = House::start().await;
    let new = house.get(&format!("/manage/cinemas/{}/screenings/new?day=2026-11-24", house.cinema)).await;
    for words in ["Metropolis", "usual", "2026-11-24"] {
        new.assert_says(words);
    }
    assert_all_words(&new);
    let key = new.field("key");
    let place = format!("/manage/cinemas/{}/week?from=2026-11-23&done=created#day-2026-11-24", house.cinema);
    house.plan(&key, "19:30").await.assert_leads_to(&place);
    house.plan(&key, "19:30").await.assert_leads_to(&place);
    let week = house.week("2026-11-23").await;
    assert_eq!(blocks(&week).len(), 1, "{}", week.text());
    week.assert_says("19:30–22:10 Metropolis, 0/12 · 3D · German, Hall 1, 20 min cleaning");
    assert_all_words(&week);
    assert!(blocks(&house.week("2026-11-25").await).is_empty());
}

#[tokio::test]
async fn an_overlap_is_told_with_what_is_in_the_way_and_what_was_typed_stays() {
    let house = House::start().await;
    house.plan("first", "19:30").await;
    let refused = house.plan("second", "22:15").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    refused.assert_says("1 is taken then by “Metropolis” on Tue 24 Nov, 19:30 to 22:10");
    for kept in ["value=\"22:15\"", "value=\"3D\"", "value=\"en\" selected", "value=\"10\""] {
        refused.assert_says(kept);
    }
    assert!(refused.field("key") != "second", "a new key for the new form");
    let past = house.plan("third", "00:30").await;
    past.assert_says("The start is in the past.");
    assert_eq!(house.plan("fourth", "soon").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(blocks(&house.week("2026-11-24").await).len(), 1);
}

#[tokio::test]
async fn a_screening_is_changed_until_seats_are_sold() {
    let house = House::start().await;
    let film_sid = house.screening(18).await;
    let (path, list) = (format!("/manage/screenings/{film_sid}"), house.list.to_string());
    let page = house.get(&path).await;
    for words in ["value=\"19:00\"", "0 / 12", "€0.00"] {
        page.assert_says(words);
    }
    assert_all_words(&page);
    let at = |time| {
        [
            ("day", "2026-11-24"),
            ("time", time),
            ("language", "fr"),
            ("format", "IMAX"),
            ("price_list", &*list),
        ]
    };
    house.post(&path, &at("20:00")).await.assert_leads_to(&format!("{path}?done=changed"));
    let page = house.get(&path).await;
    page.assert_says("Tue 24 Nov 20:00–22:30");
    page.assert_says("French · IMAX");
    house.sold(film_sid, &["A1"]).await;
    let refused = house.post(&path, &at("21:00")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    refused.assert_says("so the start stays");
    refused.assert_says("value=\"21:00\"");
    let other = house.manager_of("otto", &[house.other]).await;
    assert_eq!(house.get_as(&other, "en", &path).await.status, 404);
    assert_eq!(house.post_as(&other, &path, &at("21:30")).await.status, 404);
}

#[tokio::test]
async fn a_day_is_copied_and_what_is_not_is_told() {
    let house = House::start().await;
    let (first, second) = (house.screening(12).await, house.screening(18).await);
    // In the way of the later one, the day after.
    house.screening(24 + 17).await;
    let path = format!("/manage/cinemas/{}/copy", house.cinema);
    let form = house.get(&format!("{path}?day=2026-11-24")).await;
    form.assert_says("value=\"2026-11-25\"");
    assert_all_words(&form);
    let (key, first, second) = (form.field("key"), first.to_string(), second.to_string());
    let fields = [
        ("key", &*key),
        ("day", "2026-11-24"),
        ("to", "2026-11-25"),
        ("screening", &*first),
        ("screening", &*second),
    ];
    let part = house.post(&path, &fields).await;
    assert_eq!(part.status, StatusCode::CONFLICT);
    for words in ["Copied.", "is taken then by “Metropolis” on Wed 25 Nov, 18:00 to 20:30"] {
        part.assert_says(words);
    }
    assert!(part.text().contains(&format!("value=\"{second}\" checked")));
    assert!(!part.text().contains(&format!("value=\"{first}\" checked")));
    // Sent again, nothing is copied twice.
    house.post(&path, &fields).await;
    assert_eq!(blocks(&house.week("2026-11-25").await).len(), 2);
    let whole =
        house.post(&path, &[("day", "2026-11-24"), ("to", "2026-11-26"), ("screening", &second)]).await;
    whole.assert_leads_to(&format!("/manage/cinemas/{}/week?from=2026-11-26&done=copied", house.cinema));
    let done = house.get(whole.header("location")).await;
    done.assert_says("The day is copied.");
    assert_all_words(&done);
    let same =
        house.post(&path, &[("day", "2026-11-24"), ("to", "2026-11-24"), ("screening", &second)]).await;
    same.assert_says("Choose another day");
}

#[tokio::test]
async fn a_cancelled_screening_shows_how_far_its_refunds_have_come() {
    let house = House::start().await;
    let film_sid = house.screening(18).await;
    let order = house.sold(film_sid, &["A1", "A2"]).await;
    let held = json!({"film_sid": film_sid, "seats": ["B1"]});
    let held = house.made("/v1/orders", held, "order_id").await;
    let path = format!("/manage/screenings/{film_sid}");
    let question = house.get(&format!("{path}/cancel")).await;
    for words in ["2 seats are sold", "€24.00"] {
        question.assert_says(words);
    }
    assert_all_words(&question);
    let unsure = house.post(&format!("{path}/cancel"), &[("reason", "The projector broke")]).await;
    assert_eq!(unsure.status, StatusCode::BAD_REQUEST);
    unsure.assert_says("value=\"The projector broke\"");
    let sure = [("reason", "The projector broke"), ("sure", "yes")];
    house.post(&format!("{path}/cancel"), &sure).await.assert_leads_to(&path);
    let page = refunded(&house, &path).await;
    page.assert_says("€24.00");
    page.assert_says("<q>The projector broke</q>");
    assert_all_words(&page);
    // Those who had tickets read why, and who only held seats is not told that they gave up.
    for (order, story) in
        [(order, "All that you paid goes back to you."), (held, "cancelled by the cinema. Nothing was")]
    {
        let page = house.get_as(&house.admin, "en", &format!("/orders/{order}")).await;
        page.assert_says(story);
        page.assert_says("<q>The projector broke</q>");
    }
    house.get(&format!("/screenings/{film_sid}")).await.assert_says("“The projector broke”");
    let order: Value = house
        .running
        .as_user(&house.admin, http::Method::GET, &format!("/v1/orders/{order}"), &Value::Null)
        .await
        .json();
    assert_eq!(order["state"], "REFUNDED");
}

/// The page of a screening as soon as it says that an order is refunded.
async fn refunded(house: &House, path: &str) -> crate::common::Answer {
    for _ in 0..500 {
        let page = house.get(path).await;
        if page.text().contains("data-refunded=\"1\"") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("nothing is refunded");
}
