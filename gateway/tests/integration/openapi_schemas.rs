//! The schemas of the OpenAPI document: what they allow is what the services take.

use crate::openapi_tools::{document, operation, pool, run_python};
use contract::{Validate, film, order, user};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use prost_reflect::prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, SerializeOptions};
use serde_json::{Value, json};

/// Requests tried of each kind.
const TRIES: usize = 300;

fn schema<'a>(document: &'a Value, name: &str) -> &'a Value {
    document["components"]["schemas"].get(name).unwrap_or_else(|| panic!("no {name}"))
}

/// Numbers at and around the limits of the contract.
const NUMBERS: [i64; 14] =
    [-1, 0, 1, 2, 4, 120, 121, 200, 201, 10_000, 10_001, 100_000_001, 4_102_444_800_000, 4_102_444_800_001];

/// Texts of every class of characters and around the limits of length.
fn texts() -> Vec<String> {
    let plain =
        ["", "A", "EUR", "EURO", "F12", "甲12", "a-b_c.d", "two words", "a\nb", "a\u{7}b", "<b>", "\0", "é"];
    let long = [10, 11, 20, 21, 32, 33, 35, 36, 64, 65, 80, 81, 128, 129, 200, 201, 254, 255, 300, 301, 4001];
    plain.map(str::to_owned).into_iter().chain(long.map(|length| "x".repeat(length))).collect()
}

/// A field's value: mostly something, sometimes too much of it.
fn value(kind: &Kind) -> BoxedStrategy<prost_reflect::Value> {
    use prost_reflect::Value as V;
    let number = || prop::sample::select(NUMBERS.to_vec());
    match kind {
        Kind::Int64 => number().prop_map(V::I64).boxed(),
        Kind::Int32 => number().prop_map(|n| V::I32(i32::try_from(n).unwrap_or(i32::MAX))).boxed(),
        Kind::Bool => any::<bool>().prop_map(V::Bool).boxed(),
        Kind::String => prop::sample::select(texts()).prop_map(V::String).boxed(),
        Kind::Enum(kind) => {
            let numbers: Vec<_> = kind.values().map(|value| value.number()).collect();
            prop::sample::select(numbers).prop_map(V::EnumNumber).boxed()
        }
        Kind::Message(message) => request(message).prop_map(V::Message).boxed(),
        other => panic!("no request has a {other:?}"),
    }
}

fn field(field: &FieldDescriptor) -> BoxedStrategy<prost_reflect::Value> {
    use prost_reflect::Value as V;
    match field.kind() {
        Kind::Message(entry) if field.is_map() => {
            let count = prop_oneof![2 => 0..3_usize, 1 => 18..23_usize];
            (count, value(&entry.map_entry_value_field().kind()))
                .prop_map(|(count, value)| {
                    (0..count).map(|n| (MapKey::String(format!("F{n}")), value.clone())).collect()
                })
                .prop_map(V::Map)
                .boxed()
        }
        kind if field.is_list() => {
            let few = prop::collection::vec(value(&kind), 0..3);
            // Of one value, so that not one of many spoils the count.
            let many = (value(&kind), 18_usize..23).prop_map(|(value, count)| vec![value; count]);
            prop_oneof![2 => few, 1 => many].prop_map(V::List).boxed()
        }
        kind => value(&kind),
    }
}

/// A request with some of its fields.
fn request(message: &MessageDescriptor) -> BoxedStrategy<DynamicMessage> {
    let fields: Vec<_> = message.fields().collect();
    let values: Vec<_> = fields.iter().map(|one| prop::option::weighted(0.8, field(one))).collect();
    let message = message.clone();
    values
        .prop_map(move |values| {
            let mut request = DynamicMessage::new(message.clone());
            for (field, value) in fields.iter().zip(values) {
                if let Some(value) = value {
                    request.set_field(field, value);
                }
            }
            request
        })
        .boxed()
}

/// Requests of one kind as JSON, each with the verdict of the service.
fn cases<T: Message + Default + Validate>(document: &Value, rpc: &str, cases: &mut Vec<Value>) {
    let schema =
        &operation(document, &format!("POST {rpc}"))["requestBody"]["content"]["application/json"]["schema"];
    let name = schema["$ref"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let descriptor = pool().get_message_by_name(&name).unwrap();
    let mut runner = TestRunner::deterministic();
    let strategy = request(&descriptor);
    let options = SerializeOptions::new().use_proto_field_name(true).stringify_64_bit_integers(false);
    let before = cases.len();
    for number in 0..TRIES {
        // A field that is empty may be left out or sent: both must be judged alike.
        let options = options.clone().skip_default_fields(number % 2 == 0);
        let request = strategy.new_tree(&mut runner).unwrap().current();
        let accepted = request.transcode_to::<T>().unwrap().validate().is_ok();
        let value = request.serialize_with_options(serde_json::value::Serializer, &options).unwrap();
        cases.push(json!({ "schema": schema, "value": value, "accepted": accepted }));
    }
    let accepted = cases[before..].iter().filter(|case| case["accepted"] == true).count();
    assert!((1..TRIES).contains(&accepted), "{name}: {accepted} accepted, which tells nothing");
}

#[test]
fn schemas_and_services_judge_requests_alike() {
    let document = document();
    let mut all = Vec::new();
    cases::<user::RegisterRequest>(&document, "/user/UserService/Register", &mut all);
    cases::<user::ListUsersRequest>(&document, "/user/UserService/ListUsers", &mut all);
    cases::<user::SetRolesRequest>(&document, "/user/UserService/SetRoles", &mut all);
    cases::<film::GetInfoListRequest>(&document, "/film/FilmService/GetInfoList", &mut all);
    cases::<film::CreateCinemaRequest>(&document, "/film/FilmService/CreateCinema", &mut all);
    cases::<film::CreateHallRequest>(&document, "/film/FilmService/CreateHall", &mut all);
    cases::<film::CreateFilmRequest>(&document, "/film/FilmService/CreateFilm", &mut all);
    cases::<film::CreatePriceListRequest>(&document, "/film/FilmService/CreatePriceList", &mut all);
    cases::<film::CreateScreeningRequest>(&document, "/film/FilmService/CreateScreening", &mut all);
    cases::<order::BuyRequest>(&document, "/order/OrderService/Buy", &mut all);
    cases::<order::PayRequest>(&document, "/order/OrderService/Pay", &mut all);
    cases::<order::RefundRequest>(&document, "/order/OrderService/Refund", &mut all);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.json");
    std::fs::write(&file, json!({ "document": document, "cases": all }).to_string()).unwrap();
    let script = crate::openapi_tools::tools().join("check_schemas.py");
    let output = run_python(&[script.to_str().unwrap(), file.to_str().unwrap()]);
    let different: Vec<Value> = serde_json::from_str(&output).unwrap();
    let shown: Vec<_> = different.iter().take(3).map(|case| format!("{case:#}")).collect();
    assert!(different.is_empty(), "{} judged otherwise, such as {}", different.len(), shown.join("\n"));
}

#[test]
fn an_answer_has_every_field_but_messages_that_may_be_missing() {
    let document = document();
    let film = schema(&document, "film.GetFilmResponse");
    assert_eq!(film["required"], json!(["cinemas", "screenings"]));
    let seat = schema(&document, "order.OrderSeat");
    assert_eq!(seat["required"], json!(["seat", "ticket_type", "category", "price"]));
    assert_eq!(seat.get("additionalProperties"), None, "answers may grow");
}

#[test]
fn ids_are_numbers_and_enums_are_names() {
    let document = document();
    let order = schema(&document, "order.Order");
    assert_eq!(order["properties"]["order_id"]["type"], "integer");
    assert_eq!(order["properties"]["order_id"]["format"], "int64");
    let state = schema(&document, "order.Order.State");
    assert_eq!(state["type"], "string");
    assert_eq!(state["enum"][1], "PENDING");
    assert!(state["description"].as_str().unwrap().contains("- `EXPIRED`: Not paid in time."));
}

#[test]
fn a_message_of_both_ways_has_a_schema_for_each() {
    let document = document();
    let (sent, got) = (schema(&document, "film.PriceInput"), schema(&document, "film.Price"));
    assert_eq!(sent["properties"]["amount"]["maximum"], 100_000_000);
    assert_eq!(sent["additionalProperties"], false);
    assert_eq!(sent.get("required"), None);
    assert_eq!(got["properties"]["amount"].get("maximum"), None);
    assert_eq!(got["required"], json!(["category", "ticket_type", "amount"]));
    let list = schema(&document, "film.CreatePriceListRequest");
    assert_eq!(list["properties"]["prices"]["items"]["$ref"], "#/components/schemas/film.PriceInput");
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let inputs: Vec<_> = schemas.keys().filter(|name| name.ends_with("Input")).collect();
    assert_eq!(inputs, ["film.PriceInput"]);
}

#[test]
fn what_the_path_carries_is_not_in_the_body() {
    let document = document();
    let pay = operation(&document, "POST /v1/orders/{order_id}/pay");
    let body = &pay["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(body, "#/components/schemas/order.PayRequestBody");
    assert_eq!(schema(&document, "order.PayRequestBody")["required"], json!(["payment_method"]));
    assert_eq!(pay["requestBody"]["required"], true);
    let cancel = operation(&document, "POST /v1/orders/{order_id}/cancel");
    assert_eq!(cancel["requestBody"]["required"], false);
    assert_eq!(schema(&document, "order.CancelRequestBody")["properties"], json!({}));
    let whole = operation(&document, "POST /order/OrderService/Pay");
    let body = &whole["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(body, "#/components/schemas/order.PayRequest");
}

#[test]
fn a_query_has_the_fields_that_are_not_in_the_path() {
    let document = document();
    let film = operation(&document, "GET /v1/films/{film_id}");
    let places: Vec<_> = film["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["name"].as_str(), p["in"].as_str()))
        .collect();
    assert_eq!(places, [(Some("film_id"), Some("path")), (Some("city"), Some("query"))]);
    assert_eq!(film["parameters"][0]["required"], true);
    let films = operation(&document, "GET /v1/films");
    assert_eq!(films["parameters"][0]["schema"]["$ref"], "#/components/schemas/film.FilmOrder");
    assert_eq!(films["parameters"][2]["schema"]["maximum"], 200);
}

#[test]
fn of_the_forms_of_a_plan_one_may_be_given() {
    let document = document();
    let excluded = &schema(&document, "film.PlanSource")["not"]["anyOf"];
    let pairs = [["pretix_json", "drawing"], ["pretix_json", "grid"], ["drawing", "grid"]];
    assert_eq!(*excluded, pairs.map(|pair| json!({ "required": pair })).into_iter().collect::<Value>());
}
