//! What people do in a hall and with an order, on its pages.

use serde_json::Value;

use crate::browser::Browser;

/// Opens a screening's page and waits until its map follows what others do.
pub async fn enter(browser: &Browser, film_sid: i64) {
    browser.open(&format!("/screenings/{film_sid}")).await;
    is_live(browser).await;
}

/// Waits until the map follows what others do.
pub async fn is_live(browser: &Browser) {
    browser.until("the map is live", "return !!document.querySelector('#map[data-live]')", &[]).await;
}

/// Where a seat is on the map.
pub fn seat(name: &str) -> String {
    format!("#map .seat[data-s='{name}']")
}

/// Waits until a seat is in a state: `free`, `chosen`, `held`, `sold`.
pub async fn is_state(browser: &Browser, name: &str, state: &str) {
    browser.see(&format!("{}.{state}", seat(name))).await;
}

/// Chooses seats on the map.
pub async fn choose(browser: &Browser, names: &[&str]) {
    for name in names {
        browser.press(&seat(name)).await;
        is_state(browser, name, "chosen").await;
    }
    assert_eq!(chosen(browser).await, names);
}

/// The seats that are chosen, in the order of the lines beside the map.
pub async fn chosen(browser: &Browser) -> Vec<String> {
    let script =
        "return [...document.querySelectorAll('#lines [data-line]')].map((line) => line.dataset.line)";
    serde_json::from_value(browser.run(script, &[]).await).unwrap()
}

/// Holds what is chosen; the browser is then at the order, whose id is given.
pub async fn hold(browser: &Browser) -> i64 {
    browser.follow("#hold-button").await;
    order(browser).await
}

/// The order whose page is shown.
pub async fn order(browser: &Browser) -> i64 {
    let script = "return document.querySelector('[data-order]')?.dataset.order";
    let id = browser.until("the page is an order's", script, &[]).await;
    id.as_str().and_then(|id| id.parse().ok()).unwrap()
}

/// Pays with a test card.
pub async fn pay(browser: &Browser, card: &str) {
    browser.press(&format!("input[name=payment_method][value={card}]")).await;
    browser.follow("form[action$='/pay'] button").await;
}

/// Waits until the order is in a state: `open`, `processing`, `paid`, `expired`.
pub async fn is_phase(browser: &Browser, phase: &str) {
    browser.see(&format!("h1 .state.{phase}")).await;
}

/// The seats of the tickets that are shown.
pub async fn tickets(browser: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[data-ticket]')].map((one) => one.dataset.ticket)";
    serde_json::from_value(browser.run(script, &[]).await).unwrap()
}

/// Seconds that the countdown shows.
pub async fn seconds_left(browser: &Browser) -> i64 {
    let text = browser.text("[data-left]").await;
    let (minutes, seconds) = text.split_once(':').unwrap_or_else(|| panic!("no time: {text}"));
    minutes.parse::<i64>().unwrap() * 60 + seconds.parse::<i64>().unwrap()
}

/// The orders that the list has.
pub async fn orders(browser: &Browser) -> Vec<i64> {
    browser.open("/orders").await;
    let script = "return [...document.querySelectorAll('li[data-order]')].map((one) => one.dataset.order)";
    let ids: Value = browser.run(script, &[]).await;
    ids.as_array().unwrap().iter().map(|id| id.as_str().unwrap().parse().unwrap()).collect()
}
