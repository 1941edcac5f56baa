//! What a service says of its health as its process stops.

use micro::{Clock, Kit, ListenConfig, Service};
use tokio_util::sync::CancellationToken;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::callee::Callee;

#[tokio::test]
async fn a_service_that_stops_says_that_it_does_not_serve() {
    let dir = tempfile::tempdir().unwrap();
    let kit = Kit::for_tests(dir.path(), Clock::system());
    let service = Service::new("order").unwrap().add(Callee::new("node")).await;
    let listen = ListenConfig { listen: "127.0.0.1:0".to_owned(), ..ListenConfig::default() };
    let stop = CancellationToken::new();
    let serving = kit.serve(&service, &listen, stop.clone()).await.unwrap();
    let status = async |name: &str| {
        let request = HealthCheckRequest { service: name.to_owned() };
        let answer = HealthClient::new(kit.registry.channel("order")).check(request).await.unwrap();
        answer.into_inner().status()
    };
    for name in ["", "order.OrderService"] {
        assert_eq!(status(name).await, ServingStatus::Serving, "{name:?}");
    }
    stop.cancel();
    serving.ended().await;
    for name in ["", "order.OrderService"] {
        assert_eq!(status(name).await, ServingStatus::NotServing, "{name:?}");
    }
}
