//! A service in Python that knows nothing of this system, registered as go-micro does it.

use micro::{Channel, Problem};
use servers::{Consul, Greeter};
use tonic::client::Grpc;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use super::consul::{eventually, until_nodes};
use super::node::Caller;

#[derive(Clone, PartialEq, prost::Message)]
struct Text {
    #[prost(string, tag = "1")]
    text: String,
}

async fn greet(channel: &Channel, method: &str, name: &str) -> Result<String, Status> {
    let mut client = Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let codec: ProstCodec<Text, Text> = ProstCodec::default();
    let path = format!("/greet.Greeter/{method}").parse().unwrap();
    let mut request = Request::new(Text { text: name.to_owned() });
    request.metadata_mut().insert("x-asked", "yes".parse().unwrap());
    if method == "Stream" {
        let mut answers = client.server_streaming(request, path, codec).await?.into_inner();
        let mut all = String::new();
        while let Some(answer) = answers.message().await? {
            all.push_str(&answer.text);
        }
        return Ok(all);
    }
    Ok(client.unary(request, path, codec).await?.into_inner().text)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_found_and_called() {
    let server = Consul::start();
    let consul = server.address(0);
    let greeter = {
        let consul = consul.clone();
        tokio::task::spawn_blocking(move || Greeter::start(&consul, &[])).await.unwrap()
    };
    until_nodes(&consul, "greet", 1).await;
    let caller = Caller::new(&[consul]);
    let registry = &caller.kit.registry;
    eventually("its name is known", || registry.names() == ["greet"]).await;
    let versions = registry.versions("greet").await.unwrap();
    assert_eq!(versions[0].version, "latest");
    assert_eq!(versions[0].endpoints, ["Greeter.Hello", "Greeter.Fail", "Greeter.Stream"]);
    assert_eq!(versions[0].nodes[0].metadata["server"], "grpc");

    let channel = registry.channel("greet");
    assert_eq!(greet(&channel, "Hello", "Ada").await.unwrap(), "Hello, Ada");
    assert_eq!(greet(&channel, "Stream", "Ada").await.unwrap(), "Ada");
    let problem = Problem::from_status(&greet(&channel, "Fail", "Ada").await.unwrap_err());
    assert_eq!((problem.code(), problem.message()), (Code::NotFound, "nobody is called Ada"));
    assert_eq!(problem.metadata(), [("id".to_owned(), "greet".to_owned())]);
    assert_eq!(greet(&channel, "Hello", "?").await.unwrap(), "x-asked", "it learns no token of this system");
    let large = "x".repeat(3 * 1024 * 1024);
    assert_eq!(greet(&channel, "Hello", &large).await.unwrap().len(), large.len() + 7);

    tokio::task::spawn_blocking(|| greeter.stop()).await.unwrap();
    eventually("its name is gone", || registry.names().is_empty()).await;
    let problem = Problem::from_status(&greet(&channel, "Hello", "Ada").await.unwrap_err());
    assert_eq!(problem.reason(), "SERVICE_UNAVAILABLE");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_older_form_of_tags_is_read() {
    let server = Consul::start();
    let consul = server.address(0);
    let address = consul.clone();
    let greeter =
        tokio::task::spawn_blocking(move || Greeter::start(&address, &["--plain-tags"])).await.unwrap();
    until_nodes(&consul, "greet", 1).await;
    let caller = Caller::new(&[consul]);
    let versions = caller.kit.registry.versions("greet").await.unwrap();
    assert_eq!((versions[0].version.as_str(), versions[0].endpoints.len()), ("latest", 3));
    assert_eq!(greet(&caller.kit.registry.channel("greet"), "Hello", "Ada").await.unwrap(), "Hello, Ada");
    drop(greeter);
}
