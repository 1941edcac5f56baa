//! Films, price lists and cinemas.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{House, assert_all_words};

#[tokio::test]
async fn a_film_is_added_once_changed_found_and_retired() {
    let house = House::start().await;
    let form = house.get("/manage/films/new").await;
    assert_all_words(&form);
    let key = form.field("key");
    let typed = [
        ("key", &*key),
        ("title", "À bout de souffle"),
        ("tag", "zh-CN"),
        ("other_title", "筋疲力尽"),
        ("tag", ""),
        ("other_title", ""),
        ("minutes", "90"),
        ("release_date", "1960-03-16"),
        ("genres", "Crime, Drama"),
    ];
    house.post("/manage/films", &typed).await.assert_leads_to("/manage/films?done=saved");
    house.post("/manage/films", &typed).await.assert_leads_to("/manage/films?done=saved");
    let again = house.post("/manage/films", &typed[1..]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    for kept in ["The catalogue has a film of that title", "value=\"筋疲力尽\"", "value=\"Crime, Drama\""]
    {
        again.assert_says(kept);
    }
    let found = house.get("/manage/films?title=bout").await;
    found.assert_says("筋疲力尽");
    assert!(!found.text().contains("Metropolis"));
    assert_all_words(&found);
    let film = found.text().split_once("data-film=\"").unwrap().1.split('"').next().unwrap();
    let path = format!("/manage/films/{film}");
    house.get(&path).await.assert_says("value=\"1960-03-16\"");
    let wrong = house.post(&path, &[("title", "Breathless"), ("minutes", "ninety")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    wrong.assert_says("value=\"Breathless\"");
    house
        .post(&path, &[("title", "Breathless"), ("minutes", "91")])
        .await
        .assert_leads_to("/manage/films?done=saved");
    house.get(&path).await.assert_says("value=\"91\"");
    assert_all_words(&house.get(&format!("{path}/retire")).await);
    house
        .post(&format!("{path}/retire"), &[("sure", "yes")])
        .await
        .assert_leads_to("/manage/films?done=retired");
    assert_eq!(house.get(&path).await.status, 404);
    house.screening(18).await;
    let in_use = house.post(&format!("/manage/films/{}/retire", house.film), &[("sure", "yes")]).await;
    in_use.assert_says("still has screenings to come");
}

#[tokio::test]
async fn prices_are_a_table_in_the_cinemas_money() {
    let house = House::start().await;
    let path = format!("/manage/cinemas/{}/prices", house.cinema);
    let form = house.get(&format!("{path}/new")).await;
    // Halls have this category already.
    form.assert_says("value=\"Standard\"");
    assert_all_words(&form);
    let table = |adult: &'static str| {
        [
            ("name", "Weekend"),
            ("category", "Standard"),
            ("adult", adult),
            ("child", "9,5"),
            ("category", "Box"),
            ("adult", "30"),
            ("child", ""),
        ]
    };
    let wrong = house.post(&path, &table("12.345")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    for words in ["“12.345” is no amount in EUR", "value=\"9,5\"", "value=\"Weekend\""] {
        wrong.assert_says(words);
    }
    let dear = house.post(&path, &table("50000000")).await;
    assert_eq!(dear.status, StatusCode::BAD_REQUEST);
    dear.assert_says("“50000000” is too much: a price is €1,000,000.00 at most.");
    let missing = house.post(&path, &table("")).await;
    missing.assert_says("The prices cannot be used");
    house.post(&path, &table("14.50")).await.assert_leads_to(&format!("{path}?done=saved"));
    let list = house.get(&path).await;
    list.assert_says("Standard\u{a0}€14.50");
    assert_all_words(&list);
    let lists = house
        .running
        .as_user(
            &house.admin,
            Method::GET,
            &format!("/v1/cinemas/{}/price-lists", house.cinema),
            &Value::Null,
        )
        .await
        .json();
    let lists = lists["price_lists"].as_array().unwrap();
    let weekend = lists.iter().find(|list| list["name"] == "Weekend").unwrap();
    let amounts: Vec<i64> =
        weekend["prices"].as_array().unwrap().iter().map(|price| price["amount"].as_i64().unwrap()).collect();
    assert_eq!(amounts.iter().sum::<i64>(), 1450 + 950 + 3000);
    let path = format!("{path}/{}", weekend["price_list_id"]);
    let edit = house.get(&path).await;
    edit.assert_says("value=\"9.50\"");
    house.post(&path, &[("name", "Holidays"), ("category", "Standard"), ("adult", "16")]).await;
    house.get(&format!("/manage/cinemas/{}/prices", house.cinema)).await.assert_says("Standard\u{a0}€16.00");
    let retired = house.post(&format!("{path}/retire"), &[("sure", "yes")]).await;
    retired.assert_leads_to(&format!("/manage/cinemas/{}/prices?done=retired", house.cinema));
}

#[tokio::test]
async fn cinemas_are_opened_by_who_runs_the_chain_and_changed_by_their_managers() {
    let house = House::start().await;
    let typed = [("name", "Lux"), ("city", "Lyon"), ("time_zone", "Europe/Lyon"), ("currency", "eur")];
    assert_eq!(house.get("/manage/cinemas/new").await.status, 404);
    assert_eq!(house.post("/manage/cinemas", &typed).await.status, 404);
    assert_all_words(&house.get_as(&house.admin, "zh-CN", "/manage/cinemas/new").await);
    let wrong = house.post_as(&house.admin, "/manage/cinemas", &typed).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    wrong.assert_says("There is no such time zone");
    wrong.assert_says("value=\"Lux\"");
    let typed = [typed[0], typed[1], ("time_zone", "Europe/Paris"), typed[3]];
    let opened = house.post_as(&house.admin, "/manage/cinemas", &typed).await;
    let place = opened.header("location").split('?').next().unwrap().to_owned();
    house.get_as(&house.admin, "en", &place).await.assert_says("Lyon");
    assert_eq!(house.get(&place).await.status, 404, "not the manager's");
    let mine = format!("/manage/cinemas/{}", house.cinema);
    let changed = [("name", "Odeon Palast"), ("city", "Berlin"), ("time_zone", "Europe/Berlin")];
    house.post(&mine, &changed).await.assert_leads_to(&format!("{mine}?done=saved"));
    let page = house.get(&mine).await;
    page.assert_says("Odeon Palast");
    assert_all_words(&page);
    assert_eq!(house.get(&format!("{mine}/retire")).await.status, 404);
    assert_eq!(house.post(&format!("{mine}/retire"), &[("sure", "yes")]).await.status, 404);
    let retired = house.post_as(&house.admin, &format!("{place}/retire"), &[("sure", "yes")]).await;
    retired.assert_leads_to("/manage?done=retired");
    let cinemas = house.running.get("/v1/cinemas").await.json();
    assert_eq!(cinemas["cinemas"].as_array().unwrap().len(), 2, "{cinemas}");
    assert_ne!(cinemas["cinemas"][0]["name"], json!("Lux"));
}
