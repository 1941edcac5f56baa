//! A whole purchase by every way there is, with equal results.

use bytes::Buf;
use contract::order::{
    BuyRequest, GetInfoRequest, Order, PayRequest, PayResponse, RefundRequest, RefundResponse,
};
use prost::Message;
use serde_json::{Value, json};
use tests::http::Call;
use tests::{Person, Screening, ScreeningPlan, TestCluster, grpc};

/// A way to call the order service with JSON-like requests and answers.
enum Way {
    Rest,
    LongForm,
    ShortForm,
    Grpc,
    GoMicro,
    GrpcWeb,
}

/// An RPC of the order service, with what each way needs to call it.
struct Rpc {
    name: &'static str,
    rest: (&'static str, String),
    json: Value,
    message: Vec<u8>,
    answer: &'static str,
}

fn buy(film_sid: i64, seats: &[&str]) -> Rpc {
    let json = json!({ "film_sid": film_sid, "seats": seats, "ticket_types": { "A2": "CHILD" } });
    let ticket_types = [("A2".to_owned(), contract::film::TicketType::Child.into())].into();
    let seats = seats.iter().map(|seat| (*seat).to_owned()).collect();
    let message = BuyRequest { film_sid, seats, ticket_types, user_id: 0 }.encode_to_vec();
    Rpc { name: "Buy", rest: ("POST", "/v1/orders".to_owned()), json, message, answer: "order.Order" }
}

fn pay(order_id: i64) -> Rpc {
    let json = json!({ "order_id": order_id, "payment_method": "card_ok" });
    let message = PayRequest { order_id, payment_method: "card_ok".to_owned() }.encode_to_vec();
    let rest = ("POST", format!("/v1/orders/{order_id}/pay"));
    Rpc { name: "Pay", rest, json, message, answer: "order.PayResponse" }
}

fn refund(order_id: i64) -> Rpc {
    let json = json!({ "order_id": order_id, "seats": [] });
    let message = RefundRequest { order_id, seats: Vec::new() }.encode_to_vec();
    let rest = ("POST", format!("/v1/orders/{order_id}/refund"));
    Rpc { name: "Refund", rest, json, message, answer: "order.RefundResponse" }
}

fn info(order_id: i64) -> Rpc {
    let json = json!({ "order_id": order_id });
    let message = GetInfoRequest { order_id }.encode_to_vec();
    let rest = ("GET", format!("/v1/orders/{order_id}"));
    Rpc { name: "GetInfo", rest, json, message, answer: "order.Order" }
}

impl Way {
    async fn call(&self, cluster: &TestCluster, person: &Person, rpc: Rpc) -> Value {
        match self {
            Self::Rest => {
                let body = (rpc.rest.0 == "POST").then_some(&rpc.json);
                person.client.send(person.request(rpc.rest.0, &rpc.rest.1, body)).await.ok()
            }
            Self::LongForm => person.post(&format!("/order/OrderService/{}", rpc.name), &rpc.json).await.ok(),
            Self::ShortForm => person.post(&format!("/order/{}", rpc.name), &rpc.json).await.ok(),
            Self::Grpc => typed(cluster, person, &rpc).await,
            Self::GoMicro => go_micro(cluster, person, &rpc).await,
            Self::GrpcWeb => grpc_web(person, &rpc).await,
        }
    }
}

async fn typed(cluster: &TestCluster, person: &Person, rpc: &Rpc) -> Value {
    let mut client = cluster.orders();
    let token = &person.token;
    let encoded = match rpc.name {
        "Buy" => {
            let request = grpc::signed(token, BuyRequest::decode(&rpc.message[..]).unwrap());
            Order::encode_to_vec(client.buy(request).await.unwrap().get_ref())
        }
        "Pay" => {
            let request = grpc::signed(token, PayRequest::decode(&rpc.message[..]).unwrap());
            PayResponse::encode_to_vec(client.pay(request).await.unwrap().get_ref())
        }
        "Refund" => {
            let request = grpc::signed(token, RefundRequest::decode(&rpc.message[..]).unwrap());
            RefundResponse::encode_to_vec(client.refund(request).await.unwrap().get_ref())
        }
        _ => {
            let request = grpc::signed(token, GetInfoRequest::decode(&rpc.message[..]).unwrap());
            Order::encode_to_vec(client.get_info(request).await.unwrap().get_ref())
        }
    };
    grpc::to_json(rpc.answer, &encoded)
}

/// As go-micro's gRPC client sends it.
async fn go_micro(cluster: &TestCluster, person: &Person, rpc: &Rpc) -> Value {
    let authorization = format!("Bearer {}", person.token);
    let headers = [
        ("content-type", "application/grpc+proto"),
        ("x-content-type", "application/grpc+proto"),
        ("timeout", "5000000000"),
        ("te", "trailers"),
        ("user-agent", "grpc-go/1.64.0"),
        ("authorization", authorization.as_str()),
    ];
    let path = format!("/order.OrderService/{}", rpc.name);
    let answer = grpc::raw(cluster.client().address(), &path, &headers, &rpc.message).await;
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.content_type, "application/grpc+proto", "answered in kind");
    grpc::to_json(rpc.answer, &answer.message)
}

/// As a browser sends it, over HTTP/1.1.
async fn grpc_web(person: &Person, rpc: &Rpc) -> Value {
    let call = Call::new("POST", &format!("/order.OrderService/{}", rpc.name), None)
        .signed(&person.token)
        .with("content-type", "application/grpc-web+proto")
        .with("x-grpc-web", "1")
        .raw(grpc::framed(&rpc.message));
    let answer = person.client.send(call).await;
    assert_eq!(answer.status, 200);
    let mut body = answer.body;
    assert_eq!(body.get_u8(), 0, "a message comes first");
    let length = usize::try_from(body.get_u32()).unwrap();
    let message = body.split_to(length);
    assert_eq!(body.get_u8(), 0x80, "the trailers come last");
    assert!(String::from_utf8_lossy(&body[4..]).contains("grpc-status:0"), "{body:?}");
    grpc::to_json(rpc.answer, &message)
}

/// Ids and times differ from purchase to purchase; whether they are set does not.
fn without_what_differs(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let differs =
                    name == "code" || name.ends_with("_at") || (name.ends_with("_id") && name != "user_id");
                match value {
                    Value::Number(number) if differs => *value = json!(number.as_i64() != Some(0)),
                    Value::String(text) if differs => *value = json!(!text.is_empty()),
                    _ => without_what_differs(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_what_differs),
        _ => {}
    }
}

/// Buys, pays, gives back and looks, and gives all four answers back.
async fn purchase(cluster: &TestCluster, person: &Person, screening: &Screening, way: &Way) -> Value {
    let bought = way.call(cluster, person, buy(screening.film_sid, &["A1", "A2"])).await;
    let order_id = bought["order_id"].as_i64().unwrap();
    let paid = way.call(cluster, person, pay(order_id)).await;
    let refunded = way.call(cluster, person, refund(order_id)).await;
    let looked = way.call(cluster, person, info(order_id)).await;
    let mut all = json!({ "bought": bought, "paid": paid, "refunded": refunded, "looked": looked });
    without_what_differs(&mut all);
    all
}

#[tokio::test]
async fn every_way_of_calling_gives_the_same_answers() {
    let cluster = TestCluster::start(crate::MODE).await;
    let screening = cluster.screening(&ScreeningPlan::rows(2, 4)).await;
    let person = cluster.customer().await;
    let by_rest = purchase(&cluster, &person, &screening, &Way::Rest).await;
    assert_eq!(by_rest["bought"]["state"], "PENDING");
    assert_eq!(by_rest["bought"]["amount"], 1_200 + 700);
    assert_eq!(by_rest["paid"]["payment"]["state"], "SUCCEEDED");
    assert_eq!(by_rest["paid"]["order"]["tickets"][1]["ticket_type"], "CHILD");
    assert_eq!(by_rest["refunded"]["refund"]["amount"], 1_900);
    assert_eq!(by_rest["looked"]["state"], "REFUNDED");
    let others = [
        ("the long form", Way::LongForm),
        ("the short form", Way::ShortForm),
        ("gRPC", Way::Grpc),
        ("gRPC as go-micro speaks it", Way::GoMicro),
        ("gRPC-Web", Way::GrpcWeb),
    ];
    for (name, way) in others {
        assert_eq!(purchase(&cluster, &person, &screening, &way).await, by_rest, "{name}");
    }
    tests::audit::screening(&cluster, screening.film_sid, &[person]).await;
}

#[tokio::test]
async fn refusals_are_the_same_by_http_and_grpc() {
    let cluster = TestCluster::start(crate::MODE).await;
    let screening = cluster.screening(&ScreeningPlan::rows(1, 4)).await;
    let (first, second) = (cluster.customer().await, cluster.customer().await);
    first.buy(screening.film_sid, &["A2", "A3"]).await.unwrap();
    let refused = second.buy(screening.film_sid, &["A1", "A2", "A3"]).await.unwrap_err();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "SEATS_TAKEN"));
    assert_eq!(refused.metadata["seats"], "A2,A3");
    let request = BuyRequest {
        film_sid: screening.film_sid,
        seats: ["A1", "A2", "A3"].map(str::to_owned).to_vec(),
        ..BuyRequest::default()
    };
    let status = cluster.orders().buy(grpc::signed(&second.token, request)).await.unwrap_err();
    assert_eq!((status.code(), grpc::reason(&status).as_str()), (tonic::Code::Aborted, "SEATS_TAKEN"));
    assert_eq!(status.message(), refused.detail);
    // Messages that are not protobuf are refused in words, not misread.
    let headers = [("content-type", "application/grpc+json"), ("te", "trailers")];
    let answer = grpc::raw(cluster.client().address(), "/film.FilmService/GetAllList", &headers, b"{}").await;
    assert_eq!(answer.code, 12, "UNIMPLEMENTED: {answer:?}");
    // A go-micro client's deadline is kept too: a nanosecond is over before it begins.
    let headers = [("content-type", "application/grpc+proto"), ("te", "trailers"), ("timeout", "1")];
    let message = contract::film::GetAllListRequest::default().encode_to_vec();
    let answer =
        grpc::raw(cluster.client().address(), "/film.FilmService/GetAllList", &headers, &message).await;
    assert_eq!(answer.code, 4, "DEADLINE_EXCEEDED: {answer:?}");
}

#[tokio::test]
async fn reflection_tells_what_can_be_called() {
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
    use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

    let cluster = TestCluster::start(crate::MODE).await;
    let ask = async |message: MessageRequest| -> Vec<ServerReflectionResponse> {
        let request = ServerReflectionRequest { host: String::new(), message_request: Some(message) };
        let stream = futures_util::stream::iter([request]);
        let mut client = ServerReflectionClient::new(cluster.channel());
        let answers = client.server_reflection_info(stream).await.unwrap().into_inner();
        futures_util::TryStreamExt::try_collect(answers).await.unwrap()
    };
    let listed = ask(MessageRequest::ListServices(String::new())).await;
    let Some(MessageResponse::ListServicesResponse(services)) = &listed[0].message_response else {
        panic!("{listed:?}")
    };
    let names: Vec<_> = services.service.iter().map(|service| service.name.as_str()).collect();
    for name in ["user.UserService", "film.FilmService", "order.OrderService", "grpc.health.v1.Health"] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    for name in ["order.OrderService", "order.BuyRequest"] {
        let files = ask(MessageRequest::FileContainingSymbol(name.to_owned())).await;
        assert!(
            matches!(&files[0].message_response, Some(MessageResponse::FileDescriptorResponse(found))
                if !found.file_descriptor_proto.is_empty()),
            "{name}: {files:?}"
        );
    }
}
