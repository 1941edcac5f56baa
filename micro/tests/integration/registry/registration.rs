//! What others see of a node in Consul.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use servers::Consul;

use super::consul::{self, eventually, get, passing, until_nodes};
use super::node::{Caller, Node};

/// Unpacks tags with the zlib and the hex of Python.
const UNPACK: &str = "import sys,json,zlib,binascii
print(json.dumps([[t[:2], zlib.decompress(binascii.unhexlify(t[2:])).decode()] for t in json.load(sys.stdin)]))";

fn unpacked(tags: &Value) -> Vec<(String, String)> {
    let mut python = Command::new("python3")
        .args(["-c", UNPACK])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    python.stdin.take().unwrap().write_all(tags.to_string().as_bytes()).unwrap();
    serde_json::from_slice(&python.wait_with_output().unwrap().stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_registered_as_go_micro_does_it() {
    let server = Consul::start();
    let address = server.address(0);
    let node = Node::start(std::slice::from_ref(&address)).await;
    until_nodes(&address, "order", 1).await;
    let entry = passing(&address, "order").remove(0);
    let service = &entry["Service"];
    let id = service["ID"].as_str().unwrap();
    let uuid = id.strip_prefix("order-").unwrap();
    assert!(uuid.len() == 36 && uuid.bytes().filter(|b| *b == b'-').count() == 4, "{id}");
    assert_eq!(service["Service"], "order");
    assert_eq!(service["Address"], node.address.ip().to_string());
    assert_eq!(service["Port"], node.address.port());
    let metadata = json!({
        "broker": "http", "transport": "grpc", "server": "grpc", "registry": "consul", "protocol": "grpc",
        "kit": "marquee",
    });
    assert_eq!(service["Meta"], metadata);
    let check = entry["Checks"].as_array().unwrap().iter().find(|c| c["ServiceID"] == id).unwrap();
    assert_eq!(check["CheckID"], format!("service:{id}"));
    assert_eq!(check["Type"], "ttl");

    let tags = unpacked(&service["Tags"]);
    let of_kind = |kind: &str| -> Vec<String> {
        tags.iter().filter(|(prefix, _)| prefix == kind).map(|(_, text)| text.clone()).collect()
    };
    let pairs = of_kind("t-")
        .into_iter()
        .map(|text| serde_json::from_str::<BTreeMap<String, String>>(&text).unwrap());
    assert_eq!(json!(pairs.flatten().collect::<BTreeMap<_, _>>()), metadata);
    assert_eq!(of_kind("v-"), [env!("CARGO_PKG_VERSION")]);
    let endpoints: Vec<Value> =
        of_kind("e-").iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    for method in contract::METHODS.iter().filter(|method| method.path.starts_with("/order.")) {
        let name = method.path.trim_start_matches("/order.").replace('/', ".");
        let endpoint = endpoints.iter().find(|endpoint| endpoint["name"] == name).expect(&name);
        let metadata = if method.streaming { json!({"stream": "true"}) } else { json!({}) };
        assert_eq!(endpoint["metadata"], metadata, "{name}");
    }
    let buy = endpoints.iter().find(|endpoint| endpoint["name"] == "OrderService.Buy").unwrap();
    assert_eq!(buy["request"]["name"], "BuyRequest");
    assert_eq!(buy["request"]["values"][1], json!({"name": "seats", "type": "[]string", "values": null}));
    assert_eq!(tags.len(), 6 + 1 + endpoints.len());

    node.stop().await;
    let entries = get(&address, "/v1/health/service/order").unwrap();
    assert_eq!(entries, json!([]), "a node that ends leaves no entry behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_forgotten_comes_back() {
    let server = Consul::start();
    let address = server.address(0);
    let node = Node::start(std::slice::from_ref(&address)).await;
    until_nodes(&address, "order", 1).await;
    let id = passing(&address, "order")[0]["Service"]["ID"].as_str().unwrap().to_owned();
    consul::put(&address, &format!("/v1/agent/service/deregister/{id}"));
    assert!(passing(&address, "order").is_empty());
    until_nodes(&address, "order", 1).await;
    assert_eq!(passing(&address, "order")[0]["Service"]["ID"], id);
    drop(node);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_dies_is_noticed_by_its_silence() {
    let server = Consul::start();
    let address = server.address(0);
    let node = Node::start(std::slice::from_ref(&address)).await;
    until_nodes(&address, "order", 1).await;
    node.kill();
    eventually("it is critical", || passing(&address, "order").is_empty()).await;
    let entries = get(&address, "/v1/health/service/order").unwrap();
    assert_eq!(entries.as_array().unwrap().len(), 1, "but not forgotten within a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_versions_are_told() {
    let server = Consul::start();
    let address = server.address(0);
    let caller = Caller::new(std::slice::from_ref(&address));
    assert!(caller.kit.registry.names().is_empty());
    let node = Node::start(std::slice::from_ref(&address)).await;
    eventually("the name is known", || caller.kit.registry.names() == ["order"]).await;
    caller.knows(1).await;
    let versions = caller.kit.registry.versions("order").await.unwrap();
    assert_eq!(versions[0].version, env!("CARGO_PKG_VERSION"));
    assert_eq!(versions[0].nodes[0].port, node.address.port());
    assert_eq!(versions[0].nodes[0].metadata["server"], "grpc");
    assert!(versions[0].endpoints.iter().any(|name| name == "OrderService.Buy"));
    node.stop().await;
    eventually("the name is gone", || caller.kit.registry.names().is_empty()).await;
}
