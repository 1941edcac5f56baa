//! The kit as a service meets it.

use std::collections::HashSet;

use micro::database::{Database, DatabaseConfig, Ids, Kind};
use micro::{Clock, Kit, Problem, Service};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

#[tokio::test]
async fn a_registered_service_answers_through_its_channel() {
    let folder = tempfile::tempdir().unwrap();
    let kit = Kit::for_tests(folder.path(), Clock::system());
    let mut client = HealthClient::new(kit.registry.channel("film"));
    let ask = || HealthCheckRequest { service: String::new() };
    let missing = client.check(ask()).await.unwrap_err();
    assert_eq!(Problem::from_status(&missing).reason(), "SERVICE_UNAVAILABLE");
    kit.register(&Service::new("film").unwrap());
    client.check(ask()).await.unwrap();
}

#[tokio::test]
async fn ids_are_never_handed_out_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ids.db");
    let config = DatabaseConfig::default();
    let migrations = micro::migrations!["../migrations": "0001_start"];
    let open = || Database::open(&config, &file, &migrations);
    let (first, second) = (open().await.unwrap(), open().await.unwrap());
    assert_eq!(first.kind(), Kind::Sqlite);
    let (a, b) = (Ids::new(first, "order", 3), Ids::new(second, "order", 3));
    let mut seen = HashSet::new();
    for _ in 0..10 {
        assert!(seen.insert(a.next().await.unwrap()));
        assert!(seen.insert(b.next().await.unwrap()));
    }
    assert!(seen.contains(&1));
}
