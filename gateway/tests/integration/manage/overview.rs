//! Who sees the pages, and how today is selling.

use super::{House, assert_all_words};

#[tokio::test]
async fn strangers_sign_in_first_and_customers_find_nothing() {
    let house = House::start().await;
    let stranger = house.running.get("/manage").await;
    stranger.assert_leads_to("/login?next=%2Fmanage");
    let ann = house.running.register("annlee").await;
    assert_eq!(house.get_as(&ann, "en", "/manage").await.status, 404);
}

#[tokio::test]
async fn managers_see_how_today_sells_in_their_own_cinemas() {
    let house = House::start().await;
    let film_sid = house.screening(18).await;
    house.sold(film_sid, &["A1", "A2", "A3"]).await;
    let page = house.get("/manage").await;
    assert_eq!(page.status, 200);
    for words in ["Odeon", "Metropolis", "19:00", "3 / 12", "25 %", "€36.00"] {
        page.assert_says(words);
    }
    assert!(!page.text().contains("Rex"), "another's cinema");
    assert_all_words(&page);
    let chinese = house.get_as(&house.admin, "zh-CN", "/manage").await;
    for words in ["Rex", "大都会", "上座率", "今天没有排片"] {
        chinese.assert_says(words);
    }
    assert_all_words(&chinese);
}
