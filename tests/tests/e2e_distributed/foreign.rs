//! A service that knows nothing of this system, called over HTTP through the gateway.

use std::time::Duration;

use serde_json::{Value, json};
use servers::Greeter;
use tests::{TestCluster, eventually};

/// Found in the registry and described by reflection by then.
const FOUND_WITHIN: Duration = Duration::from_secs(10);

async fn start(cluster: &TestCluster, options: &'static [&'static str]) -> Greeter {
    let consul = cluster.engines().consul.address(0);
    tokio::task::spawn_blocking(move || Greeter::start(&consul, options)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_in_python_is_called_over_http() {
    let cluster = TestCluster::start(crate::MODE).await;
    let ada = json!({"name": "Ada"});
    assert_eq!(cluster.client().post("/greet/Greeter/Hello", &ada).await.refused().reason, "PATH_UNKNOWN");
    let greeter = start(&cluster, &[]).await;
    // Clients take turns with the gateways, each of which finds it in its own time.
    let mut in_a_row = 0;
    eventually(FOUND_WITHIN, "all gateways find it", async || {
        let answer = cluster.client().post("/greet/Greeter/Hello", &ada).await;
        in_a_row = if answer.status == 200 { in_a_row + 1 } else { 0 };
        (in_a_row == 8).then_some(())
    })
    .await;
    for path in ["/greet/Greeter/Hello", "/greet/Hello", "/greet/greet.Greeter/Hello"] {
        let answer: Value = cluster.client().post(path, &ada).await.ok();
        assert_eq!(answer, json!({"message": "Hello, Ada"}), "{path}");
    }

    let unknown = cluster.client().post("/greet/Greeter/Hello", &json!({"nom": "Ada"})).await.refused();
    assert_eq!((unknown.status, unknown.reason.as_str()), (400, "FIELD_UNKNOWN"));
    let wrong = cluster.client().post("/greet/Greeter/Hello", &json!({"name": 7})).await.refused();
    assert_eq!(wrong.status, 400);
    let missing = cluster.client().post("/greet/Greeter/Bye", &ada).await.refused();
    assert_eq!((missing.status, missing.reason.as_str()), (404, "PATH_UNKNOWN"));

    let failed = cluster.client().post("/greet/Greeter/Fail", &ada).await.refused();
    assert_eq!((failed.status, failed.reason.as_str()), (404, "NOT_FOUND"));
    assert_eq!(failed.detail, "nobody is called Ada", "what go-micro packs in JSON is taken out of it");

    let stream = cluster.client().post("/greet/Greeter/Stream", &ada).await;
    assert_eq!((stream.status, stream.header("content-type")), (200, "application/x-ndjson"));
    let letters: Vec<Value> = stream.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(letters, ["A", "d", "a"].map(|letter| json!({"message": letter})));

    tokio::task::spawn_blocking(|| greeter.stop()).await.unwrap();
    eventually(FOUND_WITHIN, "nobody calls it any more", async || {
        let answer = cluster.client().post("/greet/Greeter/Hello", &ada).await;
        (answer.status == 404 || answer.status == 503).then_some(())
    })
    .await;
}

/// It may ask who calls, as any service may; but it cannot call others in this system's name.
#[tokio::test(flavor = "multi_thread")]
async fn it_learns_the_callers_token_but_none_of_the_systems() {
    let cluster = TestCluster::start(crate::MODE).await;
    let _greeter = start(&cluster, &["--plain-tags"]).await;
    let person = cluster.customer().await;
    let names = eventually(FOUND_WITHIN, "the gateways find it", async || {
        let call = tests::http::Call::new("POST", "/greet/Greeter/Hello", Some(&json!({"name": "?"})));
        let answer = cluster.client().send(call.signed(&person.token)).await;
        (answer.status == 200).then(|| answer.json()["message"].as_str().unwrap().to_owned())
    })
    .await;
    let has = |wanted: &str| names.split(' ').any(|name| name == wanted);
    assert!(has("authorization") && !has("x-marquee-service"), "{names}");
}
