//! Nobody tells who is where.

use std::time::Duration;

use tests::Engines;
use tokio::task::block_in_place;

use crate::sale::Sale;

const TIMES: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn consul_pauses_or_loses_its_memory() {
    let mut sale = Sale::open(Engines::start).await;
    sale.break_it("a paused Consul", TIMES, async |cluster, _| {
        block_in_place(|| cluster.engines().consul.pause(0));
        // Longer than a process counts as alive.
        tokio::time::sleep(Duration::from_secs(4)).await;
        block_in_place(|| cluster.engines().consul.go_on(0));
    })
    .await;
    sale.break_it("a restart of Consul", 3, async |cluster, _| {
        block_in_place(|| {
            cluster.engines().consul.stop(0);
            cluster.engines().consul.restart(0);
        });
    })
    .await;
    sale.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_three_servers_of_consul_ends() {
    let mut sale = Sale::open(Engines::start_clustered).await;
    sale.break_it("a server of Consul that ends", TIMES, async |cluster, time| {
        block_in_place(|| cluster.engines().consul.stop(time % 3));
        tokio::time::sleep(Duration::from_secs(2)).await;
        block_in_place(|| cluster.engines().consul.restart(time % 3));
    })
    .await;
    sale.close().await;
}
