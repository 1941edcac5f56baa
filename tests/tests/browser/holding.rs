//! Seats that are held: fought for, watched, kept through reloads and losses.

use serde_json::json;
use tests::{Settings, eventually};

use crate::browser::{Browser, PATIENCE};
use crate::hall::{
    choose, chosen, enter, hold, is_live, is_phase, is_state, order, orders, pay, seat, seconds_left, tickets,
};
use crate::look::{Language, Look};
use crate::people::register;
use crate::programme::Programme;
use crate::stage::{Stage, play};

/// Two visitors with accounts, one in each language.
async fn rivals(stage: &Stage) -> [Browser; 2] {
    let mut both = Vec::new();
    for (look, name) in
        [(Look::desktop(Language::English), "quinn"), (Look::phone(Language::Chinese), "rosa")]
    {
        let browser = stage.browser(look).await;
        browser.open("/").await;
        register(&browser, name).await;
        both.push(browser);
    }
    both.try_into().unwrap_or_else(|_| unreachable!("two were started"))
}

#[tokio::test]
async fn who_watches_is_told_what_others_take_and_give_back() {
    play("watching", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let [first, second] = rivals(stage).await;
        enter(&second, programme.screening).await;
        choose(&second, &["B3", "B4"]).await;
        enter(&first, programme.screening).await;
        choose(&first, &["B1", "B2", "B3", "B4"]).await;
        hold(&first).await;
        // The other one has done nothing, and is told.
        is_state(&second, "B3", "held").await;
        let told = "return document.getElementById('live').textContent";
        let told = second.until("the loss is said", &format!("{told} || false"), &[]).await;
        assert!(told.as_str().unwrap().contains("B3"), "{told}");
        second.see_no("#lines [data-line]").await;
        assert!(chosen(&second).await.is_empty());
        pay(&first, "card_ok").await;
        is_phase(&first, "paid").await;
        is_state(&second, "B3", "sold").await;
        first.follow("a[href$='/refund']").await;
        first.follow("#quote form button").await;
        is_phase(&first, "refunded").await;
        is_state(&second, "B3", "free").await;
    })
    .await;
}

#[tokio::test]
async fn of_two_who_hold_one_seat_at_once_each_is_told_the_truth() {
    play("fight", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let [first, second] = rivals(stage).await;
        // Neither sees what the other does: only the hold decides.
        for browser in [&first, &second] {
            look_away(browser).await;
        }
        for seats in [["A1", "A2"], ["B5", "B6"], ["C1", "C2"]] {
            for browser in [&first, &second] {
                browser.open(&format!("/screenings/{}", programme.screening)).await;
                choose(browser, &seats).await;
            }
            fight(&first, &second, seats).await;
        }
    })
    .await;
}

/// Keeps a browser's maps from following what others do.
async fn look_away(browser: &Browser) {
    browser.devtools("Network.enable", &json!({})).await;
    browser.devtools("Network.setBlockedURLs", &json!({ "urls": ["*/live"] })).await;
}

/// Both hold the same seats at the same moment.
async fn fight(first: &Browser, second: &Browser, seats: [&str; 2]) {
    tokio::join!(first.follow("#hold-button"), second.follow("#hold-button"));
    let (mut won, mut lost) = (first, second);
    if second.place().await.starts_with("/orders/") {
        (won, lost) = (second, first);
    }
    order(won).await;
    is_phase(won, "open").await;
    assert!(lost.place().await.starts_with("/screenings/"), "{}", lost.place().await);
    let told = lost.text("main .wrong").await;
    assert!(told.contains(seats[0]) && told.contains(seats[1]), "{told}");
    assert!(chosen(lost).await.is_empty());
    // The map of a page may be a second old, and this one follows nothing.
    eventually(PATIENCE, "the map shows the seat as held", async || {
        lost.reload().await;
        let held = format!("return !!document.querySelector(\"{}.held\")", seat(seats[0]));
        (lost.run(&held, &[]).await == true).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_is_sent_twice_is_done_once() {
    play("twice", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let browser = stage.browser(Look::desktop(Language::English)).await;
        browser.open("/").await;
        register(&browser, "sara").await;
        look_away(&browser).await;
        browser.open(&format!("/screenings/{}", programme.screening)).await;
        choose(&browser, &["C1", "C2"]).await;
        // Sent, and sent again before there is an answer.
        let send = "
            const form = document.getElementById('hold');
            const body = new URLSearchParams(new FormData(form));
            const send = () => fetch(form.action, { method: 'POST', body }).then((answer) => answer.url);
            return Promise.all([send(), send(), send()]);";
        let led: Vec<String> = serde_json::from_value(browser.run(send, &[]).await).unwrap();
        assert!(led[0].contains("/orders/") && led.iter().all(|place| *place == led[0]), "{led:?}");
        // And once more by the button, as who has not seen an answer does.
        browser.follow("#hold-button").await;
        let id = order(&browser).await;
        assert!(led[0].ends_with(&format!("/orders/{id}")), "{led:?} {id}");
        assert_eq!(orders(&browser).await, [id]);
    })
    .await;
}

#[tokio::test]
async fn a_network_that_goes_away_costs_nothing() {
    play("network", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let browser = stage.browser(Look::phone(Language::Chinese)).await;
        browser.open("/").await;
        register(&browser, "tina").await;
        enter(&browser, programme.screening).await;
        choose(&browser, &["C1", "C2"]).await;
        let network = async |is_there: bool| {
            let state = json!({
                "offline": !is_there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
            });
            browser.devtools("Network.emulateNetworkConditions", &state).await;
        };
        // Until then a form that is sent takes the page's own place in the history.
        browser.until("the page is there", "return document.readyState === 'complete'", &[]).await;
        network(false).await;
        browser.press("#hold-button").await;
        let error = "return location.href.startsWith('chrome-error:')";
        browser.until("the browser says that it is offline", error, &[]).await;
        network(true).await;
        // Back on the page, the choice is still there.
        browser.turn(async || drop(browser.run("history.back()", &[]).await)).await;
        is_live(&browser).await;
        assert_eq!(chosen(&browser).await, ["C1", "C2"]);
        let id = hold(&browser).await;
        network(false).await;
        browser.press("form[action$='/pay'] button").await;
        browser.until("the browser says that it is offline", error, &[]).await;
        network(true).await;
        browser.open(&format!("/orders/{id}")).await;
        is_phase(&browser, "open").await;
        pay(&browser, "card_ok").await;
        is_phase(&browser, "paid").await;
        assert_eq!(orders(&browser).await, [id]);
    })
    .await;
}

#[tokio::test]
async fn a_hold_and_its_countdown_survive_reloads_and_a_crash_of_the_server() {
    play("countdown", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let browser = stage.browser(Look::desktop(Language::English)).await;
        browser.open("/").await;
        register(&browser, "uma").await;
        enter(&browser, programme.screening).await;
        choose(&browser, &["D1", "D2"]).await;
        let id = hold(&browser).await;
        let before = seconds_left(&browser).await;
        assert!((500..=600).contains(&before), "{before}");
        browser.reload().await;
        let after = seconds_left(&browser).await;
        assert!(after <= before, "{after}, before {before}");
        // It runs by itself.
        let runs = "const [minutes, seconds] = document.querySelector('[data-left]').textContent.split(':');
            return minutes * 60 + Number(seconds) < arguments[0]";
        browser.until("the time goes by", runs, &[after.into()]).await;
        stage.cluster.restart().await;
        browser.reload().await;
        assert_eq!(order(&browser).await, id);
        assert!(seconds_left(&browser).await < before);
        pay(&browser, "card_ok").await;
        is_phase(&browser, "paid").await;
        assert_eq!(tickets(&browser).await, ["D1", "D2"]);
    })
    .await;
}

#[tokio::test]
async fn when_the_time_is_over_the_page_says_so_and_the_seats_are_free() {
    let settings = Settings::default().with("order.hold_ms", 5_000);
    play("time_over", settings, async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let [buyer, other] = rivals(stage).await;
        enter(&other, programme.screening).await;
        enter(&buyer, programme.screening).await;
        choose(&buyer, &["A1", "A2"]).await;
        hold(&buyer).await;
        buyer.read("The time to pay is over, and the seats are free again.").await;
        buyer.see_no("form[action$='/pay']").await;
        is_state(&other, "A1", "free").await;
        buyer.follow(&format!("main a[href='/screenings/{}']", programme.screening)).await;
        is_live(&buyer).await;
        choose(&buyer, &["A1", "A2"]).await;
    })
    .await;
}
