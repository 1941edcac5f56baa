//! Processes of ours end: at once, or as an upgrade has it.

use tests::{Engines, Mode, Part};

use crate::sale::Sale;

const TIMES: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn services_are_killed() {
    let mut sale = Sale::open(Engines::start).await;
    for role in ["order", "film", "user", "gateway"] {
        let part = |time: usize| Part { role, number: if time.is_multiple_of(2) { 1 } else { 2 } };
        sale.break_it(&format!("kill -9 of {role}"), TIMES, async |cluster, time| {
            // The one that was killed before runs again by now: a supervisor has seen to it.
            if time > 0 {
                cluster.start_part(part(time - 1)).await;
            }
            cluster.kill_part(part(time)).await;
        })
        .await;
        sale.cluster.start_part(part(TIMES - 1)).await;
    }
    sale.close().await;
}

/// Every process, one after another, as in an upgrade: nobody is turned away.
#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_of_everything_loses_no_request() {
    let mut sale = Sale::open(Engines::start).await;
    for _ in 0..2 {
        for part in Part::of(Mode::Distributed) {
            sale.goes_on_while(&format!("a restart of {part}"), async |cluster| {
                assert!(cluster.stop_part(part).await, "{part} ends well");
                cluster.start_part(part).await;
            })
            .await;
        }
    }
    sale.check("a rolling restart").await;
    sale.close().await;
}
