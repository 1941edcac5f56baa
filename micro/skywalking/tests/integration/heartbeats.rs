//! What is reported beside the segments.

use std::time::Duration;

use opentelemetry_skywalking::{BuildError, Keep, Meter, SkyWalking, Timing};
use skywalking_collector::{Collector, v3::meter_data::Metric};

use crate::process::{Process, quick};

fn often() -> Timing {
    Timing { heartbeat: Duration::from_millis(10), ..quick() }
}

#[tokio::test]
async fn properties_come_first_and_again_at_every_tenth_sign_of_life() {
    let collector = Collector::start().await.expect("a collector");
    let process = Process::with("orders", &collector.address(), Keep::default(), |builder| {
        builder.properties([("language", "rust"), ("hostname", "box")]).timing(often())
    });
    let received = collector.until(|received| received.properties.len() >= 2).await.expect("them twice");
    let first = &received.properties[0];
    assert_eq!((first.service.as_str(), first.service_instance.as_str()), ("orders", "orders-1"));
    assert_eq!(first.layer, "GENERAL");
    let pairs: Vec<_> =
        first.properties.iter().map(|pair| (pair.key.as_str(), pair.value.as_str())).collect();
    assert_eq!(pairs, [("language", "rust"), ("hostname", "box")]);
    let ping = &received.pings[0];
    assert_eq!((ping.service.as_str(), ping.service_instance.as_str()), ("orders", "orders-1"));
    assert_eq!(ping.layer, "GENERAL");
    // Properties before the first sign of life, and after every tenth that follows it.
    let (times, pings) = (received.properties.len(), received.pings.len());
    assert!((10 * (times - 1) + 1..=10 * times + 1).contains(&pings), "{times} times in {pings}");
    process.stop().await;
}

#[tokio::test]
async fn meters_say_whose_they_are() {
    let collector = Collector::start().await.expect("a collector");
    let meter =
        |name: &str, value| Meter { name: name.into(), labels: vec![("hall".into(), "1".into())], value };
    let _process = Process::with("orders", &collector.address(), Keep::default(), |builder| {
        builder.timing(often()).meters(move || vec![meter("seats_held", 12.0), meter("seats_sold", 30.5)])
    });
    let received = collector.until(|received| received.meters.len() >= 4).await.expect("meters twice");
    let first = &received.meters[0];
    assert_eq!((first.service.as_str(), first.service_instance.as_str()), ("orders", "orders-1"));
    assert!(first.timestamp > 1_700_000_000_000);
    let Some(Metric::SingleValue(second)) = &received.meters[1].metric else { panic!("a single value") };
    assert_eq!((second.name.as_str(), second.value), ("seats_sold", 30.5));
    assert_eq!((second.labels[0].name.as_str(), second.labels[0].value.as_str()), ("hall", "1"));
}

#[tokio::test]
async fn every_call_carries_the_token() {
    let collector = Collector::start().await.expect("a collector");
    let process = Process::with("orders", &collector.address(), Keep::default(), |builder| {
        builder
            .authentication("s3cret")
            .meters(|| vec![Meter { name: "one".into(), labels: vec![], value: 1.0 }])
    });
    process.request("GET /");
    collector.segments(1).await.expect("the segment");
    let received = collector.until(|received| !received.meters.is_empty()).await.expect("meters");
    assert!(received.authentications.len() >= 4);
    assert!(received.authentications.iter().all(|token| token == "s3cret"));
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused() {
    let built = |service: &str, address: &str, token: &str| {
        SkyWalking::builder(service, "1", address).authentication(token).build().map(drop)
    };
    let address = "http://127.0.0.1:11800";
    assert!(built("orders", address, "token").is_ok());
    assert!(matches!(built("", address, "token"), Err(BuildError::Name { what: "service" })));
    assert!(matches!(built(&"x".repeat(256), address, "token"), Err(BuildError::Name { .. })));
    for wrong in ["127.0.0.1:11800", "ftp://x:1", "http://", ""] {
        assert!(matches!(built("orders", wrong, "token"), Err(BuildError::Address)), "{wrong}");
    }
    let refused = built("orders", address, "tok\nen").expect_err("not a header's value");
    assert!(matches!(refused, BuildError::Authentication) && !refused.to_string().contains("tok\nen"));
}
