//! The servers start, serve, stop, and come back.
#![allow(clippy::unwrap_used)]

use std::net::TcpStream;

use servers::{Consul, Postgres, Redis, RedisCluster};

fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[test]
fn postgres_keeps_its_data_over_a_restart() {
    let mut postgres = Postgres::start();
    let url = postgres.database("kept");
    assert!(url.ends_with("/kept"));
    postgres.stop();
    assert!(!listens(postgres.port()));
    postgres.restart();
    assert!(listens(postgres.port()));
}

#[test]
fn redis_forgets_over_a_restart() {
    let mut redis = Redis::start();
    redis.cli(&["set", "key", "value"]);
    redis.restart();
    assert_eq!(redis.cli(&["get", "key"]), "");
}

#[test]
fn a_redis_cluster_survives_the_loss_of_a_master() {
    let mut cluster = RedisCluster::start();
    let master = cluster.master_of("{7}");
    cluster.stop(master);
    let began = std::time::Instant::now();
    while cluster
        .nodes()
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != master)
        .all(|(_, node)| !node.cli(&["cluster", "info"]).contains("cluster_state:ok"))
    {
        assert!(began.elapsed().as_secs() < 30);
    }
    cluster.wait_until_whole();
}

#[test]
fn three_consul_servers_elect_another_leader() {
    let mut consul = Consul::start_three();
    consul.stop(0);
    consul.restart(0);
    assert!(consul.address(2).starts_with("http://127.0.0.1:"));
}
