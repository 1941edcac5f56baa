//! Finding orders, and who changed what.

use http::StatusCode;

use super::{House, assert_all_words};
use crate::common::Answer;

/// The ids of the orders on a page.
fn orders(page: &Answer) -> Vec<&str> {
    page.text().split("data-order=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn orders_are_found_by_what_is_known_of_them() {
    let house = House::start().await;
    let (first, second) = (house.screening(12).await, house.screening(18).await);
    let one = house.sold(first, &["A1"]).await.to_string();
    let two = house.sold(second, &["A1", "A2"]).await.to_string();
    let all = house.get("/manage/orders").await;
    assert_eq!(orders(&all), [&*two, &*one]);
    for words in ["Metropolis", "A1, A2", "€24.00", "Paid", &format!("href=\"/orders/{two}\"")] {
        all.assert_says(words);
    }
    assert_all_words(&all);
    assert_all_words(&house.get_as(&house.admin, "zh-CN", "/manage/orders").await);
    let of = async |query: &str| house.get(&format!("/manage/orders?{query}")).await;
    assert_eq!(orders(&of(&format!("order={one}")).await), [&*one]);
    assert_eq!(orders(&of(&format!("screening={second}")).await), [&*two]);
    assert_eq!(orders(&of("state=paid&from=2026-11-24&to=2026-11-24").await), [&*two, &*one]);
    assert!(orders(&of("state=expired").await).is_empty());
    assert!(orders(&of("to=2026-11-23").await).is_empty());
    let wrong = of("order=twelve").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    wrong.assert_says("value=\"twelve\"");
    of(&format!("cinema={}", house.other)).await.assert_says("This cinema is not in your care.");
    // The order itself is a page that its manager may see.
    house.get(&format!("/orders/{two}")).await.assert_says("A2");
    let other = house.manager_of("otto", &[house.other]).await;
    assert!(orders(&house.get_as(&other, "en", "/manage/orders").await).is_empty());
}

#[tokio::test]
async fn changes_tell_who_did_what_and_when() {
    let house = House::start().await;
    let film_sid = house.screening(18).await;
    let list = house.list.to_string();
    let change = [
        ("day", "2026-11-24"),
        ("time", "20:00"),
        ("language", "fr"),
        ("format", "IMAX"),
        ("price_list", &*list),
    ];
    house.post(&format!("/manage/screenings/{film_sid}"), &change).await;
    let page = house.get(&format!("/manage/changes?thing=screening&id={film_sid}")).await;
    let marie = house.manager["profile"]["user_id"].as_i64().unwrap();
    for words in
        [&format!("Account {marie}"), "Changed", "Tue 24 Nov", "IMAX", &format!("Screening {film_sid}")]
    {
        page.assert_says(words);
    }
    assert_all_words(&page);
    assert!(!page.text().contains("Price list 1"), "of screenings alone");
    let none = house.get(&format!("/manage/changes?user={marie}&to=2026-11-23")).await;
    none.assert_says("No change matches.");
    assert_all_words(&house.get_as(&house.admin, "zh-CN", "/manage/changes").await);
    let roles = house.get_as(&house.admin, "en", "/manage/role-changes").await;
    for words in ["Manager · Odeon", "Operator’s command line"] {
        roles.assert_says(words);
    }
    assert_all_words(&roles);
    assert_eq!(house.get("/manage/role-changes").await.status, 404);
}
