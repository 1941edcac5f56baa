//! What operators see: a real Prometheus, the alert rules, the dashboard, and the table of metrics.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use servers::{Prometheus, promtool};
use tests::{Client, ScreeningPlan, Settings, TestCluster, eventually};

/// Two of each service and two gateways.
const PROCESSES: usize = 8;
/// The log is written beside what is done.
const SAID_WITHIN: Duration = Duration::from_secs(5);
/// Prometheus scrapes every second, and a rate needs two of its looks.
const SEEN_WITHIN: Duration = Duration::from_secs(60);
/// What a process logs when its admin port is open, before the address.
const OPEN: &str = "the admin port is open address=";

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

#[test]
fn the_rules_are_sound_and_do_what_they_say() {
    let folder = deploy().join("prometheus");
    for arguments in [&["check", "config", "prometheus.yml"][..], &["test", "rules", "alerts_test.yml"]] {
        let done = promtool(arguments, &folder);
        let said = [done.stdout, done.stderr].concat();
        assert!(done.status.success(), "promtool {arguments:?}: {}", String::from_utf8_lossy(&said));
    }
}

#[test]
fn every_alert_is_explained() {
    let rules = fs::read_to_string(deploy().join("prometheus/alerts.yml")).unwrap();
    let told = fs::read_to_string(deploy().join("../docs/operations.md")).unwrap();
    let alerts: Vec<_> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() > 10, "{alerts:?}");
    for alert in alerts {
        assert!(told.lines().any(|line| line == format!("### {alert}")), "{alert} is not in operations.md");
        let anchor = format!("docs/operations.md#{}", alert.to_lowercase());
        assert!(rules.lines().any(|line| line.trim() == format!("runbook: {anchor}")), "{alert}: {anchor}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_shown_or_watched_is_there() {
    let settings = Settings::default().with("admin.listen", "127.0.0.1:0");
    let cluster = TestCluster::start_with(crate::MODE, settings).await;
    let targets = eventually(SAID_WITHIN, "every process says where its admin port is", async || {
        Some(admin_ports(&cluster.log())).filter(|targets| targets.len() == PROCESSES)
    })
    .await;
    let rules = deploy().join("prometheus/alerts.yml");
    let scraped = targets.clone();
    let starting = tokio::task::spawn_blocking(move || Prometheus::start(&scraped, &rules));
    let prometheus = starting.await.unwrap();
    let expected = sell(&cluster).await;
    let text = metrics(&targets).await;
    for (sample, value) in expected {
        assert_eq!(sum(&text, sample), value, "{sample}");
    }

    let prometheus = Client::new(&[prometheus.address()]);
    for expression in expressions() {
        let what = format!("no data for: {expression}");
        eventually(SEEN_WITHIN, &what, async || {
            let found = query(&prometheus, &expression).await;
            (!found.is_empty()).then_some(())
        })
        .await;
    }
    for name in names(&fs::read_to_string(deploy().join("prometheus/alerts.yml")).unwrap()) {
        assert!(!query(&prometheus, &name).await.is_empty(), "an alert watches {name}, which is nowhere");
    }
    let rules: Value = prometheus.get("/api/v1/rules").await.ok();
    for rule in rules["data"]["groups"][0]["rules"].as_array().unwrap() {
        assert_eq!(rule["health"], "ok", "{rule}");
    }

    let text = metrics(&targets).await;
    let there: BTreeSet<_> = text
        .lines()
        .filter_map(|line| {
            let (name, kind) = line.strip_prefix("# TYPE ")?.split_once(' ')?;
            Some((name.to_owned(), kind.to_owned()))
        })
        .collect();
    assert_eq!(documented(), there, "the table in docs/operations.md, and what there is");
}

/// What all processes tell.
async fn metrics(targets: &[SocketAddr]) -> String {
    let mut all = String::new();
    for target in targets {
        let text = Client::new(&[*target]).get("/metrics").await;
        all.push_str(std::str::from_utf8(&text.body).unwrap());
    }
    all
}

/// The sum of a sample over all processes.
fn sum(text: &str, sample: &str) -> i64 {
    let values = text.lines().filter_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    values.map(|value| value.parse::<i64>().unwrap()).sum()
}

/// Every kind of thing that is counted, once; gives back what the numbers must be.
async fn sell(cluster: &TestCluster) -> Vec<(&'static str, i64)> {
    let film_sid = cluster.screening(&ScreeningPlan::rows(1, 4).in_minutes(3_000)).await.film_sid;
    let (person, other) = (cluster.customer().await, cluster.customer().await);
    let paid = person.buy_and_pay(film_sid, &["A1", "A2"]).await;
    assert_eq!(other.buy(film_sid, &["A1"]).await.unwrap_err().reason, "SEATS_TAKEN");
    let declined = other.buy(film_sid, &["A3"]).await.unwrap();
    let refused = other.pay(declined.order_id, "card_declined").await.unwrap_err();
    assert_eq!(refused.reason, "PAYMENT_DECLINED");
    let back = person.refund(paid.order_id, &["A1"]).await.unwrap();
    let wrong = json!({"login": "chief", "password": "not the right one"});
    assert_eq!(cluster.client().post("/user/Login", &wrong).await.status, 401);
    vec![
        (r#"marquee_seats_total{step="held"}"#, 3),
        (r#"marquee_seats_total{step="sold"}"#, 2),
        (r#"marquee_seats_total{step="given_back"}"#, 1),
        (r#"marquee_orders_total{step="opened"}"#, 2),
        (r#"marquee_orders_total{step="paid"}"#, 1),
        (r#"marquee_payments_total{outcome="succeeded"}"#, 1),
        (r#"marquee_payments_total{outcome="declined"}"#, 1),
        (r#"marquee_money_captured_total{currency="EUR"}"#, paid.amount),
        (r#"marquee_money_refunded_total{currency="EUR"}"#, back.refund.amount),
        (r#"marquee_gate_claims_total{outcome="taken"}"#, 1),
        (r#"marquee_logins_total{outcome="wrong"}"#, 1),
        (r#"marquee_http_requests_total{protocol="http",route="order.OrderService/Buy",status="2xx"}"#, 2),
        (r#"marquee_http_requests_total{protocol="http",route="order.OrderService/Buy",status="4xx"}"#, 1),
    ]
}

fn admin_ports(log: &str) -> Vec<SocketAddr> {
    let address = |line: &str| line.split_once(OPEN)?.1.trim().parse().ok();
    log.lines().filter_map(address).collect()
}

async fn query(prometheus: &Client, expression: &str) -> Vec<Value> {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("query", expression).finish();
    let answer = prometheus.get(&format!("/api/v1/query?{query}")).await;
    assert_eq!(answer.status, 200, "{expression}: {}", answer.text());
    answer.json()["data"]["result"].as_array().unwrap().clone()
}

/// What the dashboard asks for, with the shortest rate that a scrape each second allows.
fn expressions() -> Vec<String> {
    let text = fs::read_to_string(deploy().join("grafana/dashboards/marquee.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    let all: Vec<_> = targets.map(|target| target["expr"].as_str().unwrap()).collect();
    assert!(all.len() > 30, "{all:?}");
    all.iter().map(|expression| expression.replace("$__rate_interval", "1m")).collect()
}

/// Names of metrics in a text.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.lines().filter(|line| !line.contains("runbook:") && !line.trim().starts_with('#'));
    let words = words.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words
        .filter(|word| word.starts_with("marquee_") || word.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

/// The rows of the table in the documentation: a name and a kind.
fn documented() -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(deploy().join("../docs/operations.md")).unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let name = cells.next()?.trim_end_matches('`').to_owned();
        let known = name.starts_with("marquee_") || name.starts_with("process_");
        known.then(|| Some((name, cells.next()?.to_owned()))).flatten()
    };
    text.lines().filter_map(row).collect()
}
