//! At the door: tickets are let in once, with a network and without.

use serde_json::json;
use tests::{Person, Screening, ScreeningPlan, Settings, TestCluster};

use crate::browser::Browser;
use crate::look::{Language, Look};
use crate::pages::Who;
use crate::people;
use crate::stage::{Stage, play};
use crate::work::{altered, crew};

/// Shows a ticket by typing its code, and waits until the answer is of a kind.
pub async fn show(browser: &Browser, code: &str, kind: &str) {
    browser.fill("[data-code]", code).await;
    browser.press("[data-scan] button").await;
    is_answered(browser, kind).await;
}

/// Waits until the answer is of a kind: `in`, `used`, `forged`.
pub async fn is_answered(browser: &Browser, kind: &str) {
    browser.see(&format!("[data-verdict][data-kind='{kind}']")).await;
}

/// What the answer says, large.
pub async fn headline(browser: &Browser) -> String {
    browser.text("[data-verdict] .headline").await
}

/// Two screenings of one evening, and who stands at the door of the first.
pub struct Evening {
    pub first: Screening,
    second: i64,
    buyer: Person,
}

impl Evening {
    pub async fn plan(cluster: &TestCluster) -> Self {
        let first = cluster.screening(&ScreeningPlan::rows(2, 8).in_minutes(30)).await;
        let later = json!({
            "film_id": first.film_id, "hall_id": first.hall_id, "price_list_id": first.price_list_id,
            "starts_at": first.starts_at + 3 * 3_600_000, "language": "en",
        });
        let admin = cluster.admin().await;
        let second: serde_json::Value = admin.post("/v1/screenings", &later).await.ok();
        crew(cluster, Who::Staff, "staff", &[first.cinema_id]).await;
        Self { second: second["film_sid"].as_i64().unwrap(), first, buyer: cluster.customer().await }
    }

    /// The codes of tickets for these seats.
    pub async fn tickets(&self, film_sid: i64, seats: &[&str]) -> Vec<String> {
        let order = self.buyer.buy_and_pay(film_sid, seats).await;
        order.tickets.into_iter().map(|ticket| ticket.code).collect()
    }

    /// Goes to the door of the first screening.
    pub async fn to_door(&self, browser: &Browser) {
        browser.open("/").await;
        people::become_another(browser, &mut Who::Anybody, Who::Staff).await;
        browser.open("/door").await;
        browser.follow(&format!(".doors a[href*='screening={}']", self.first.film_sid)).await;
    }

    /// The door of the first screening.
    async fn door(&self, stage: &Stage, look: Look) -> Browser {
        let browser = stage.browser(look).await;
        self.to_door(&browser).await;
        browser
    }
}

#[tokio::test]
async fn a_ticket_lets_in_once_and_what_is_wrong_is_said() {
    play("door", Settings::default(), async |stage| {
        let evening = Evening::plan(&stage.cluster).await;
        for (language, seats) in [(Language::English, ["A1", "A2"]), (Language::Chinese, ["A5", "A6"])] {
            let tickets = evening.tickets(evening.first.film_sid, &seats).await;
            let later = evening.tickets(evening.second, &seats).await;
            let browser = evening.door(stage, Look::phone(language)).await;
            show(&browser, &tickets[0], "in").await;
            assert_eq!(headline(&browser).await, language.of("Let in", "请入场"));
            assert_eq!(
                browser.text("[data-verdict] .seat").await,
                language.of("Seat ", "座位 ").to_owned() + seats[0]
            );
            // The same ticket again, in small letters, as people type.
            show(&browser, &tickets[0].to_lowercase(), "used").await;
            let used = headline(&browser).await;
            let (before, after) = language.of("Already used at |", "此票已于 |检过").split_once('|').unwrap();
            assert!(used.starts_with(before) && used.ends_with(after), "{used}");
            browser.read(language.of("Do not let in.", "请勿放行。")).await;
            show(&browser, &altered(&tickets[1]), "forged").await;
            assert_eq!(headline(&browser).await, language.of("Not a genuine ticket", "不是真票"));
            show(&browser, "MQ1.SOMETHING", "forged").await;
            assert_eq!(headline(&browser).await, language.of("Not a ticket code", "不是票码"));
            show(&browser, &later[0], "other").await;
            assert_eq!(headline(&browser).await, language.of("For another screening", "不是本场的票"));
            // Its neighbour is still good.
            show(&browser, &tickets[1], "in").await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_form_does_it_without_scripts() {
    play("door_form", Settings::default(), async |stage| {
        let evening = Evening::plan(&stage.cluster).await;
        let tickets = evening.tickets(evening.first.film_sid, &["B1"]).await;
        let browser = evening.door(stage, Look::desktop(Language::English)).await;
        browser.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true })).await;
        browser.reload().await;
        // The site itself writes the answer here.
        for kind in ["in", "used"] {
            browser.fill("[data-code]", &tickets[0]).await;
            browser.follow("[data-scan] button").await;
            is_answered(&browser, kind).await;
        }
    })
    .await;
}

#[tokio::test]
async fn tickets_of_another_cinema_are_told_apart() {
    play("door_elsewhere", Settings::default(), async |stage| {
        let evening = Evening::plan(&stage.cluster).await;
        let elsewhere = stage.cluster.screening(&ScreeningPlan::rows(2, 8).in_minutes(30)).await;
        let tickets = evening.tickets(elsewhere.film_sid, &["B1"]).await;
        let browser = evening.door(stage, Look::phone(Language::Chinese)).await;
        show(&browser, &tickets[0], "elsewhere").await;
        assert_eq!(headline(&browser).await, "其他影院的票");
    })
    .await;
}

async fn network(browser: &Browser, there: bool) {
    let conditions =
        json!({ "offline": !there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    browser.devtools("Network.enable", &json!({})).await;
    browser.devtools("Network.emulateNetworkConditions", &conditions).await;
}

#[tokio::test]
async fn without_network_the_signature_decides_and_it_is_made_up_for_afterwards() {
    play("door_offline", Settings::default(), async |stage| {
        let evening = Evening::plan(&stage.cluster).await;
        for (language, seats) in [(Language::English, ["A1", "A2"]), (Language::Chinese, ["B1", "B2"])] {
            let tickets = evening.tickets(evening.first.film_sid, &seats).await;
            let later = evening.tickets(evening.second, &seats).await;
            let door = evening.door(stage, Look::phone(language)).await;
            let other_door = evening.door(stage, Look::desktop(language)).await;
            network(&door, false).await;
            show(&door, &tickets[0], "kept").await;
            assert_eq!(
                headline(&door).await,
                language.of("Let in: checked without network", "请入场：离线验票")
            );
            door.see("[data-network].away").await;
            // This device knows that it let somebody in with it.
            show(&door, &tickets[0], "used").await;
            show(&door, &altered(&tickets[1]), "forged").await;
            show(&door, &later[0], "other").await;
            // Another door lets somebody in with the other one meanwhile, which this one cannot know.
            show(&other_door, &tickets[1], "in").await;
            show(&door, &tickets[1], "kept").await;
            door.read(language.of("2 waiting to be sent", "2 张待上传")).await;
            network(&door, true).await;
            door.read(language.of("All are sent.", "已全部上传。")).await;
            door.see("[data-kept-list] .fine").await;
            let refused = door.text("[data-kept-list] .bad").await;
            assert!(refused.contains(seats[1]), "{refused}");
            // What was kept is done: the other door refuses it.
            show(&other_door, &tickets[0], "used").await;
            show(&door, &tickets[0], "used").await;
        }
    })
    .await;
}
