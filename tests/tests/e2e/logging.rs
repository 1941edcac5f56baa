//! The log as `docs/logging.md` has it: one line for each request in each process, and no secrets.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use contract::order::GetInfoRequest;
use serde_json::{Map, Value, json};
use tests::http::Call;
use tests::person::PASSWORD;
use tests::{Mode, Person, ScreeningPlan, Settings, TestCluster, eventually, grpc};

/// No number of a real card, but one that looks like it.
const CARD: &str = "4242424242424242";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
/// Written a moment after the answer, at most.
const WRITTEN_WITHIN: Duration = Duration::from_secs(10);

type Line = Map<String, Value>;

/// The fields that the documentation names.
fn documented() -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/logging.md");
    let text = std::fs::read_to_string(file).unwrap();
    let table = text.split_once("| field | meaning |").unwrap().1.split_once("\n\n").unwrap().0;
    table.lines().filter_map(|row| Some(row.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect()
}

fn lines(log: &str) -> Vec<Line> {
    log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
}

fn requests(log: &str) -> Vec<Line> {
    lines(log).into_iter().filter(|line| line["target"] == "request").collect()
}

/// Waits until so many lines are like this.
async fn lines_of(cluster: &TestCluster, count: usize, like: impl Fn(&Line) -> bool) -> Vec<Line> {
    let what = format!("{count} lines; there are {:#?}", requests(&cluster.log()));
    eventually(WRITTEN_WITHIN, &what, async || {
        let found: Vec<_> = requests(&cluster.log()).into_iter().filter(|line| like(line)).collect();
        (found.len() >= count).then_some(found)
    })
    .await
}

async fn start() -> TestCluster {
    TestCluster::start_with(crate::MODE, Settings::default().with("log.format", "json")).await
}

fn is_edge(line: &&Line) -> bool {
    line.contains_key("route")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_has_one_line_in_each_process_with_the_documented_fields() {
    let cluster = start().await;
    let person = cluster.customer().await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(2, 5)).await.film_sid;
    let processes = if crate::MODE == Mode::Distributed { 2 } else { 1 };

    let wish = json!({ "film_sid": film_sid, "seats": ["A1"] });
    let call = person.request("POST", "/v1/orders", Some(&wish));
    let bought =
        person.client.send(call.with("traceparent", &format!("00-{TRACE}-00f067aa0ba902b7-01"))).await;
    let order_id = bought.json()["order_id"].as_i64().unwrap();
    let buying =
        |line: &Line| line["trace_id"] == TRACE && line.get("rpc") == Some(&json!("order.OrderService/Buy"));
    let found = lines_of(&cluster, processes, buying).await;
    assert_eq!(found.len(), processes, "{found:#?}");
    assert_eq!(found.iter().filter(is_edge).count(), 1, "{found:#?}");
    for line in &found {
        assert_eq!((line["level"].as_str(), line["message"].as_str()), (Some("INFO"), Some("answered")));
        assert_eq!(
            (&line["user_id"], &line["order_id"]),
            (&json!(person.user_id), &json!(order_id)),
            "{line:?}"
        );
        assert_eq!(line["client"], "127.0.0.1");
        assert!(line["duration_ms"].as_f64().unwrap() > 0.0, "{line:?}");
    }
    let edge = found.iter().find(is_edge).unwrap();
    assert_eq!(
        (&edge["http_method"], &edge["route"], &edge["status"]),
        (&json!("POST"), &json!("/v1/orders"), &json!(200))
    );

    // A refusal says why, and is no failure.
    let refused = person.buy(film_sid, &["A1"]).await.unwrap_err();
    let found = lines_of(&cluster, processes, |line| line["trace_id"] == refused.trace_id.as_str()).await;
    for line in found.iter().filter(|line| line.get("rpc") == Some(&json!("order.OrderService/Buy"))) {
        assert_eq!((&line["reason"], &line["level"]), (&json!("SEATS_TAKEN"), &json!("INFO")), "{line:?}");
    }

    // An order is found by its number, whatever was done with it, over gRPC too.
    person.pay(order_id, "card_ok").await.unwrap();
    let wish = grpc::signed(&person.token, GetInfoRequest { order_id });
    cluster.orders().get_info(wish).await.unwrap();
    let found =
        lines_of(&cluster, 3 * processes, |line| line.get("order_id") == Some(&json!(order_id))).await;
    let rpcs: BTreeSet<_> = found.iter().map(|line| line["rpc"].as_str().unwrap()).collect();
    assert_eq!(
        rpcs,
        BTreeSet::from(["order.OrderService/Buy", "order.OrderService/GetInfo", "order.OrderService/Pay"])
    );

    let all = requests(&cluster.log());
    let there: BTreeSet<_> = all.iter().flat_map(|line| line.keys().cloned()).collect();
    assert_eq!(there, documented(), "the table in docs/logging.md, and what there is");
    assert!(!all.iter().any(|line| line.get("route") == Some(&json!("/healthz"))), "checks are not logged");
    // Services ask each other for revoked tokens each second; only who waits for that is told of.
    let waited_for: BTreeSet<_> = all.iter().filter(is_edge).map(|line| line["trace_id"].as_str()).collect();
    let is_asking = |line: &&Line| line.get("rpc") == Some(&json!("user.UserInternal/GetRevokedTokens"));
    assert!(all.iter().filter(is_asking).all(|line| waited_for.contains(&line["trace_id"].as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_refund_is_told_of_with_its_order() {
    let cluster = start().await;
    let person = cluster.customer().await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(1, 5)).await.film_sid;
    let order_id = person.buy(film_sid, &["A1"]).await.unwrap().order_id;
    person.pay(order_id, "card_refund_fails").await.unwrap();
    let refund = person.refund(order_id, &["A1"]).await.unwrap().refund;
    let told = eventually(WRITTEN_WITHIN, "the refused refund is in the log", async || {
        lines(&cluster.log()).into_iter().find(|line| line.get("refund_id") == Some(&json!(refund.refund_id)))
    })
    .await;
    assert_eq!((&told["order_id"], &told["level"]), (&json!(order_id), &json!("ERROR")), "{told:?}");
    assert_eq!(told["code"], "refund_refused", "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_logged() {
    let settings = Settings::default().with("log.format", "json").with("log.filter", "debug");
    let cluster = TestCluster::start_with(crate::MODE, settings).await;
    let person = cluster.customer().await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(2, 5)).await.film_sid;
    let order = person.buy(film_sid, &["A1"]).await.unwrap();
    // A card typed where a payment method belongs, and into places that nobody expects.
    assert!(person.pay(order.order_id, CARD).await.is_err());
    person.get(&format!("/v1/orders?access_token={}&card={CARD}", person.token)).await;
    person.get(&format!("/nowhere/{CARD}?card={CARD}")).await;
    let mistyped = json!({ "login": person.name, "password": "not the right one" });
    cluster.client().post("/v1/sessions", &mistyped).await;
    let paid = person.pay(order.order_id, "card_ok").await.unwrap();
    let again = json!({ "refresh_token": person.refresh_token });
    let refreshed = cluster.client().send(Call::new("POST", "/user/Refresh", Some(&again))).await;
    let refreshed = refreshed.json();
    cluster.stop().await;

    let log = cluster.log();
    assert!(requests(&log).len() > 5, "{log}");
    let code = paid.order.tickets[0].code.as_str();
    let secrets = [
        ("password", PASSWORD),
        ("wrong password", "not the right one"),
        ("access token", &person.token),
        ("refresh token", &person.refresh_token),
        ("new access token", refreshed["access_token"].as_str().unwrap()),
        ("new refresh token", refreshed["refresh_token"].as_str().unwrap()),
        ("card", CARD),
        ("ticket", code),
        ("name", &person.name),
    ];
    for (what, secret) in secrets {
        assert!(secret.len() > 4, "{what} is nothing to look for");
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the {what} is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_requests_can_be_turned_off() {
    let settings = Settings::default().with("log.format", "json").with("log.requests", "false");
    let cluster = TestCluster::start_with(crate::MODE, settings).await;
    let person: Person = cluster.customer().await;
    assert_eq!(person.get("/v1/orders").await.status, 200);
    cluster.stop().await;
    assert!(!lines(&cluster.log()).is_empty());
    assert_eq!(requests(&cluster.log()), Vec::<Line>::new());
}
