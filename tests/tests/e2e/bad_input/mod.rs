//! Whatever is sent is refused with a reason that stays: never a failure of ours, never a panic.

mod fields;
mod outside;
mod wire;

use tests::http::Call;
use tests::{Client, Settings};

/// Something that must be refused, and how.
struct Refusal {
    what: &'static str,
    call: Call,
    status: u16,
    reason: &'static str,
}

fn refusal(what: &'static str, call: Call, status: u16, reason: &'static str) -> Refusal {
    Refusal { what, call, status, reason }
}

/// Sends everything and collects what was answered in another way, so that one run shows all.
async fn check(client: &Client, refusals: Vec<Refusal>) {
    let mut different = Vec::new();
    for Refusal { what, call, status, reason } in refusals {
        let answer = client.send(call).await;
        let told = if answer.header("content-type") == "application/problem+json" {
            answer.refused().reason
        } else {
            answer.text()
        };
        if (answer.status, told.as_str()) != (status, reason) {
            different.push(format!("{what}: {} {told}, expected {status} {reason}", answer.status));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    let well = client.get("/readyz").await;
    assert_eq!(well.status, 200, "the system is well afterwards: {}", well.text());
}

/// A log that tells everything there is to tell, so that a secret in it would be seen.
pub fn talkative() -> Settings {
    let everything =
        "gateway=trace,marquee=trace,micro=trace,service_film=trace,service_order=trace,service_user=trace";
    Settings::default().with("log.filter", format!("info,{everything}"))
}
