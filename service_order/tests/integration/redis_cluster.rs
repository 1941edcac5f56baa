//! A sale on a Redis Cluster whose master dies.

use std::time::{Duration, Instant};

use crate::common::pair::{gate, map, pair};
use crate::common::refused;
use micro::redis::Mode;

#[tokio::test]
async fn a_sale_outlives_the_master_that_has_its_gate() {
    let mut cluster = servers::RedisCluster::start();
    let pair = pair(gate(cluster.urls(), Mode::Cluster)).await;
    let (anna, ben) = (pair.a.person("anna").await, pair.a.person("ben").await.at(&pair.b));
    anna.buy(pair.a.buy(&["A1"])).await.unwrap();
    pair.until_gate_is_right(|arguments| cli(&cluster, &pair.gate_key(), arguments)).await;
    assert_eq!(refused(ben.buy(pair.b.buy(&["A1"])).await), "SEATS_TAKEN");

    cluster.stop(cluster.master_of(&pair.gate_key()));
    let began = Instant::now();
    // The sale goes on at once, and the database decides.
    for seat in ["A2", "A3", "A4", "A5"] {
        anna.buy(pair.a.buy(&[seat])).await.unwrap();
        assert_eq!(refused(ben.buy(pair.b.buy(&[seat])).await), "SEATS_TAKEN");
        assert_eq!(map(&pair.b).await.get(seat), Some(&false));
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    cluster.wait_until_whole();
    pair.until_gate_is_right(|arguments| cli(&cluster, &pair.gate_key(), arguments)).await;
    ben.buy(pair.b.buy(&["A6"])).await.unwrap();
    assert_eq!(refused(anna.buy(pair.a.buy(&["A6"])).await), "SEATS_TAKEN");
    assert_eq!(map(&pair.a).await, pair.audited().await);
}

/// Asks the node that is in charge of the key now.
fn cli(cluster: &servers::RedisCluster, key: &str, arguments: &[&str]) -> String {
    cluster.nodes()[cluster.master_of(key)].cli(arguments)
}
