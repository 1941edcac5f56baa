//! A database that answers and takes nothing, as one on a full disk does.

use serde_json::Value;

use crate::common::{Engine, Running, on_both_engines, refused, start, until};

on_both_engines! {
    who_looks_sees_that_nothing_can_be_written,
}

/// What the process tells of its committer.
async fn committer(running: &Running) -> Value {
    running.kit.health.look().await;
    let (ready, report) = running.kit.health.report();
    assert!(ready, "seats are still shown and orders read: {report}");
    report["dependencies"]["committer"].clone()
}

async fn who_looks_sees_that_nothing_can_be_written(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let database = running.order_database().await;
    // From here on the gate knows the hall.
    anna.buy(running.buy(&["A1"])).await.unwrap();
    assert_eq!(committer(&running).await["state"], "up");

    sqlx::query("ALTER TABLE seat_claim RENAME TO elsewhere").execute(database.pool()).await.unwrap();
    assert_eq!(refused(anna.buy(running.buy(&["A2"])).await), "STORAGE_FAILED");
    until("the committer is down", async || committer(&running).await["state"] == "down").await;
    let told = committer(&running).await;
    assert!(told["why"].as_str().unwrap().contains("the last batch was not written"), "{told}");

    sqlx::query("ALTER TABLE elsewhere RENAME TO seat_claim").execute(database.pool()).await.unwrap();
    // What was not written is free.
    anna.buy(running.buy(&["A2"])).await.unwrap();
    until("the committer is up", async || committer(&running).await["state"] == "up").await;
}
