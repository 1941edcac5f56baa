//! Transcoding against `prost-reflect`, which does the same by way of an object tree.

use std::sync::LazyLock;

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions,
};
use serde_json::{Value, json};

use super::{Fault, Malformed, Path, ShapeId, Shapes, query, read, write};

pub(super) static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(contract::DESCRIPTORS).unwrap());
pub(super) static SHAPES: LazyLock<Shapes> = LazyLock::new(|| Shapes::compile(&POOL));

pub(super) fn descriptor(name: &str) -> MessageDescriptor {
    POOL.get_message_by_name(name).unwrap()
}

pub(super) fn id(name: &str) -> ShapeId {
    SHAPES.id(name).unwrap()
}

pub(super) fn to_wire(name: &str, json: &str) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    read(&SHAPES, id(name), &[], json.as_bytes(), &mut out)?;
    Ok(out)
}

pub(super) fn to_json(name: &str, wire: &[u8]) -> Result<String, Malformed> {
    let mut out = Vec::new();
    write(&SHAPES, id(name), wire, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

pub(super) fn reference_to_wire(name: &str, json: &str) -> Option<DynamicMessage> {
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let message =
        DynamicMessage::deserialize_with_options(descriptor(name), &mut deserializer, &options).ok()?;
    deserializer.end().ok()?;
    // By way of the wire, on which an empty list is no list.
    DynamicMessage::decode(descriptor(name), &message.encode_to_vec()[..]).ok()
}

pub(super) fn reference_to_json(message: &DynamicMessage) -> Value {
    let options = SerializeOptions::new()
        .stringify_64_bit_integers(false)
        .use_proto_field_name(true)
        .skip_default_fields(false);
    message.serialize_with_options(serde_json::value::Serializer, &options).unwrap()
}

#[track_caller]
fn agrees(name: &str, json: &Value) {
    let ours = to_wire(name, &json.to_string()).unwrap();
    let decoded = DynamicMessage::decode(descriptor(name), &ours[..]).unwrap();
    let theirs = reference_to_wire(name, &json.to_string()).unwrap();
    assert_eq!(decoded, theirs);
    let written = to_json(name, &ours).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), reference_to_json(&theirs), "{written}");
}

#[track_caller]
fn refused(name: &str, json: &str) -> (String, String) {
    match to_wire(name, json).unwrap_err() {
        Fault::Json(problem) => ("JSON".to_owned(), problem),
        fault @ (Fault::Path | Fault::Query) => panic!("JSON is neither: {fault:?}"),
        Fault::Unknown(field) => ("UNKNOWN".to_owned(), field),
        Fault::Invalid { field, flaw } => (field, flaw.to_string()),
    }
}

#[test]
fn requests_and_answers_of_the_contract_agree_with_prost_reflect() {
    agrees("order.BuyRequest", &json!({}));
    let buy = json!({"film_sid": 5, "seats": ["F12", "甲\u{1f600}\""], "ticket_types": {"F12": "CHILD"}});
    agrees("order.BuyRequest", &buy);
    agrees("order.BuyRequest", &json!({"filmSid": "5", "seats": null, "user_id": 7.0}));
    agrees("user.SetRolesRequest", &json!({"roles": ["ADMIN", 1, "STAFF"], "cinema_ids": [1, "2", 300]}));
    agrees("user.SetRolesRequest", &json!({"roles": [], "cinema_ids": [], "disabled": true}));
    agrees("film.CreateHallRequest", &json!({"cinema_id": 1, "plan": {"drawing": "A 1 2"}}));
    agrees("film.CreateHallRequest", &json!({"plan": {"pretixJson": ""}}));
    let hall = json!({
        "hall_name": "1", "width": 12.5, "height": -0.25, "sequence": 9_007_199_254_740_991_i64,
        "seats": [{"seat": "A1", "x": 1e300, "kind": "COUPLE_HALF"}, {}],
        "categories": [{"category": "a", "prices": [{"amount": 1200, "ticket_type": "ADULT"}]}],
        "film": {"titles": {"en": "a", "zh-CN": "b", "": ""}},
    });
    agrees("film.HallInfo", &hall);
    let order = json!({
        "order_id": 1, "state": "PARTIALLY_REFUNDED", "seats": [{"seat": "A1"}],
        "payments": [{"state": "PROCESSING"}], "refunds": [{"amount": -1}],
    });
    agrees("order.Order", &order);
}

#[test]
fn what_is_wrong_is_named() {
    let cases = [
        ("order.BuyRequest", r#"{"film_id": 1}"#, ("UNKNOWN", "film_id")),
        ("film.CreateHallRequest", r#"{"plan": {"x": 1}}"#, ("UNKNOWN", "plan.x")),
        ("order.BuyRequest", r#"{"film_sid": "x"}"#, ("film_sid", "takes a whole number")),
        ("order.BuyRequest", r#"{"film_sid": 1.5}"#, ("film_sid", "takes a whole number")),
        ("order.BuyRequest", r#"{"film_sid": true}"#, ("film_sid", "takes a whole number")),
        ("order.BuyRequest", r#"{"film_sid": {}}"#, ("film_sid", "takes a whole number")),
        ("order.BuyRequest", r#"{"film_sid": [1]}"#, ("film_sid", "takes a whole number")),
        ("order.BuyRequest", r#"{"film_sid": 9223372036854775808}"#, ("film_sid", "is out of range")),
        ("order.BuyRequest", r#"{"film_sid": 1e19}"#, ("film_sid", "takes a whole number")),
        ("order.BuyRequest", r#"{"seats": "F12"}"#, ("seats", "takes a list")),
        ("order.BuyRequest", r#"{"seats": {"a": "F12"}}"#, ("seats", "takes a list")),
        ("order.BuyRequest", r#"{"seats": ["F12", 3]}"#, ("seats[1]", "takes a text")),
        ("order.BuyRequest", r#"{"seats": [null]}"#, ("seats[0]", "must not be null")),
        ("order.BuyRequest", r#"{"seats": [["F12"]]}"#, ("seats[0]", "takes a text")),
        ("order.BuyRequest", r#"{"ticket_types": []}"#, ("ticket_types", "takes an object")),
        ("order.BuyRequest", r#"{"ticket_types": {"A1": "X"}}"#, ("ticket_types[A1]", "has no value X")),
        ("order.BuyRequest", r#"{"ticket_types": {"A1": null}}"#, ("ticket_types[A1]", "must not be null")),
        ("user.SetRolesRequest", r#"{"disabled": "true"}"#, ("disabled", "takes true or false")),
        ("user.SetRolesRequest", r#"{"roles": [1.5]}"#, ("roles[0]", "takes the name of a value")),
        ("user.SetRolesRequest", r#"{"roles": [2147483648]}"#, ("roles[0]", "is out of range")),
        ("film.CreateHallRequest", r#"{"plan": "x"}"#, ("plan", "takes an object")),
        ("film.CreateHallRequest", r#"{"plan": {"drawing": 1}}"#, ("plan.drawing", "takes a text")),
        (
            "film.UpdatePriceListRequest",
            r#"{"prices": [{}, {"amount": "1x"}]}"#,
            ("prices[1].amount", "takes a whole number"),
        ),
    ];
    for (name, json, (field, problem)) in cases {
        assert_eq!(refused(name, json), (field.to_owned(), problem.to_owned()), "{json}");
    }
}

#[test]
fn what_is_wrong_has_a_code() {
    let told = |name: &str, json: &str| match to_wire(name, json).unwrap_err() {
        Fault::Invalid { flaw, .. } => (flaw.code(), flaw.value().to_owned()),
        fault => panic!("{json}: {fault:?}"),
    };
    for (name, json, code, value) in [
        ("order.BuyRequest", r#"{"film_sid": "x"}"#, "TAKES_INTEGER", ""),
        ("order.BuyRequest", r#"{"film_sid": 9223372036854775808}"#, "OUT_OF_RANGE", ""),
        ("order.BuyRequest", r#"{"film_sid": 1, "filmSid": 1}"#, "REPEATED_OR_BESIDE", ""),
        ("order.BuyRequest", r#"{"seats": "F12"}"#, "TAKES_LIST", ""),
        ("order.BuyRequest", r#"{"seats": [null]}"#, "NULL", ""),
        ("order.BuyRequest", r#"{"ticket_types": {"A1": "X"}}"#, "UNKNOWN_VALUE", "X"),
        ("user.SetRolesRequest", r#"{"disabled": "true"}"#, "TAKES_BOOL", ""),
        ("film.CreateHallRequest", r#"{"plan": "x"}"#, "TAKES_OBJECT", ""),
    ] {
        assert_eq!(told(name, json), (code, value.to_owned()), "{json}");
    }
}

#[test]
fn a_field_given_twice_is_refused() {
    for (name, json, field) in [
        ("order.BuyRequest", r#"{"film_sid": 1, "filmSid": 1}"#, "film_sid"),
        ("order.BuyRequest", r#"{"seats": [], "seats": []}"#, "seats"),
        ("film.CreateHallRequest", r#"{"plan": {"drawing": "x", "pretix_json": "y"}}"#, "plan.pretix_json"),
    ] {
        assert_eq!(refused(name, json).0, field, "{json}");
    }
    assert!(to_wire("film.CreateHallRequest", r#"{"plan": {"drawing": "x", "pretix_json": null}}"#).is_ok());
}

#[test]
fn what_is_not_json_is_refused() {
    for json in
        ["", "[]", "null", "1", "{", "{}x", r#"{"film_sid": }"#, r#"{"film_sid" 1}"#, r#"{"film_sid": 01}"#]
    {
        assert_eq!(refused("order.BuyRequest", json).0, "JSON", "{json}");
    }
    let deep = format!("{{\"seats\": {}", "[".repeat(100_000));
    assert!(to_wire("order.BuyRequest", &deep).is_err());
}

#[test]
fn a_field_of_the_path_may_be_repeated_only_with_its_value() {
    let path = Path::find(&SHAPES, id("order.PayRequest"), "order_id").unwrap();
    let mut value = Vec::new();
    path.put(&SHAPES, "7", &mut value).unwrap();
    let bound = [(path.top(), value)];
    let read = |json: &str| read(&SHAPES, id("order.PayRequest"), &bound, json.as_bytes(), &mut Vec::new());
    assert_eq!(read(r#"{"payment_method": "card_ok"}"#), Ok(()));
    assert_eq!(read(r#"{"order_id": 7}"#), Ok(()));
    assert_eq!(read(r#"{"order_id": "7"}"#), Ok(()));
    assert!(matches!(read(r#"{"order_id": 8}"#), Err(Fault::Invalid { field, .. }) if field == "order_id"));
}

#[test]
fn a_query_gives_fields() {
    let wire = |name: &str, text: &str| {
        let mut out = Vec::new();
        query(&SHAPES, id(name), |_| false, text, &mut out)?;
        Ok::<_, Fault>(to_json(name, &out).unwrap())
    };
    let json = wire("film.GetAllListRequest", "order_by=TITLE&pageSize=20&city=S%C3%A3o+Paulo").unwrap();
    assert_eq!(json, r#"{"order_by":"TITLE","city":"São Paulo","page_size":20,"page_token":""}"#);
    let json = wire("user.SetRolesRequest", "roles=ADMIN&roles=2&cinema_ids=5&disabled=true").unwrap();
    assert_eq!(json, r#"{"user_id":0,"roles":["ADMIN","STAFF"],"cinema_ids":[5],"disabled":true}"#);
    let json = wire("film.CreateHallRequest", "plan.drawing=A&name=1").unwrap();
    assert!(json.contains(r#""plan":{"drawing":"A"}"#), "{json}");
    for (text, field) in [("x=1", "x"), ("plan=1", "plan"), ("plan.x=1", "plan.x"), ("name.x=1", "name.x")] {
        assert_eq!(wire("film.CreateHallRequest", text), Err(Fault::Unknown(field.to_owned())), "{text}");
    }
    for text in ["page_size=x", "page_size=", "page_size=1&page_size=2", "order_by=BEST"] {
        assert!(matches!(wire("film.GetAllListRequest", text), Err(Fault::Invalid { .. })), "{text}");
    }
}

#[test]
fn pieces_and_disorder_on_the_wire_are_read_like_anywhere() {
    let name = "film.CreateHallRequest";
    let mut wire = Vec::new();
    for json in [r#"{"name": "1", "plan": {"pretix_json": "x"}}"#, r#"{"cinema_id": 4, "name": "2"}"#] {
        wire.extend(to_wire(name, json).unwrap());
    }
    wire.extend(to_wire(name, r#"{"plan": {"drawing": "y"}}"#).unwrap());
    let message = DynamicMessage::decode(descriptor(name), &wire[..]).unwrap();
    let written: Value = serde_json::from_str(&to_json(name, &wire).unwrap()).unwrap();
    assert_eq!(written, reference_to_json(&message));
    assert_eq!(written["plan"], json!({"drawing": "y"}));
}

#[test]
fn maps_come_in_the_order_of_their_keys() {
    let json = r#"{"titles": {"zh": "c", "en": "b", "de": "a"}}"#;
    let written = to_json("film.Film", &to_wire("film.Film", json).unwrap()).unwrap();
    assert!(written.contains(r#""titles":{"de":"a","en":"b","zh":"c"}"#), "{written}");
}
