//! The books cannot be written for a while.

use std::time::Duration;

use tests::Engines;
use tokio::task::block_in_place;

use crate::sale::Sale;

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_restarts() {
    let mut sale = Sale::open(Engines::start).await;
    sale.break_it("a restart of PostgreSQL", 10, async |cluster, _| {
        block_in_place(|| cluster.engines().postgres.restart());
    })
    .await;
    sale.break_it("PostgreSQL away for three seconds", 3, async |cluster, _| {
        block_in_place(|| cluster.engines().postgres.stop());
        tokio::time::sleep(Duration::from_secs(3)).await;
        block_in_place(|| cluster.engines().postgres.restart());
    })
    .await;
    sale.close().await;
}
