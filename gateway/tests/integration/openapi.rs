//! The OpenAPI document as those who read it see it.

use std::collections::BTreeSet;

use crate::openapi_tools::{document, operation, operations, run_python};
use serde_json::{Value, json};

#[test]
fn a_public_validator_finds_nothing_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("openapi.json");
    std::fs::write(&file, serde_json::to_vec(&document()).unwrap()).unwrap();
    let output = run_python(&["-m", "openapi_spec_validator", file.to_str().unwrap()]);
    assert!(output.trim_end().ends_with("OK"), "{output}");
}

/// The contract of the HTTP edge: a line that changes here changes it for every client.
#[test]
fn paths_names_and_access_stay() {
    let document = document();
    let mut lines: Vec<_> = operations(&document)
        .map(|(path, verb, operation)| {
            let text = |key: &str| operation[key].as_str().unwrap();
            let (access, id) = (text("x-marquee-access"), text("operationId"));
            format!("{path:<45} {:<5} {access:<9} {id}\n", verb.to_uppercase())
        })
        .collect();
    lines.sort();
    insta::assert_snapshot!("paths", lines.concat());
}

#[test]
fn nothing_for_services_alone_is_shown() {
    let text = document().to_string();
    for hidden in ["OrderInternal", "FilmInternal", "SalesFacts", "SeatStates", "FactsChanged"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
}

#[test]
fn every_name_is_used_once() {
    let document = document();
    let names: Vec<_> =
        operations(&document).map(|(.., operation)| operation["operationId"].clone()).collect();
    let different: BTreeSet<_> = names.iter().map(Value::to_string).collect();
    assert_eq!(names.len(), different.len());
}

#[test]
fn every_operation_is_described_under_a_tag_that_is() {
    let document = document();
    let tags = document["tags"].as_array().unwrap();
    let described = |name: &Value| {
        tags.iter().any(|tag| tag["name"] == *name && !tag["description"].as_str().unwrap().is_empty())
    };
    for (path, _, operation) in operations(&document) {
        assert!(described(&operation["tags"][0]), "{path}");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{path}");
    }
}

#[test]
fn the_server_is_the_one_that_is_named() {
    let named = gateway::openapi::document(&crate::openapi_tools::pool(), Some("https://tickets.example"));
    assert_eq!(named["servers"], json!([{ "url": "https://tickets.example" }]));
    assert_eq!(document()["servers"], json!([{ "url": "/" }]));
}

#[test]
fn descriptors_without_comments_are_enough() {
    // As a service tells of itself by reflection: no source information.
    let mut stripped = prost_reflect::DescriptorPool::new();
    for mut file in crate::openapi_tools::pool().file_descriptor_protos().cloned() {
        file.source_code_info = None;
        stripped.add_file_descriptor_proto(file).unwrap();
    }
    let document = gateway::openapi::document(&stripped, None);
    let buy = operation(&document, "POST /order/OrderService/Buy");
    assert_eq!(buy["operationId"], "rpc_order_OrderService_Buy");
    assert_eq!(buy["summary"], "Buy");
}

#[test]
fn a_purchase_says_all_that_can_happen() {
    let document = document();
    let buy = operation(&document, "POST /v1/orders");
    assert_eq!(buy["operationId"], "OrderService_Buy");
    assert_eq!(
        buy["summary"],
        "Holds all the seats, or none, and opens an order to be paid before `expires_at`"
    );
    assert_eq!(buy["security"], json!([{ "bearer": [] }]));
    assert_eq!(buy["parameters"], json!([{ "$ref": "#/components/parameters/IdempotencyKey" }]));
    let statuses: BTreeSet<_> = buy["responses"].as_object().unwrap().keys().map(String::as_str).collect();
    let expected =
        ["200", "400", "401", "403", "404", "408", "409", "413", "415", "429", "503", "504", "default"];
    assert_eq!(statuses, BTreeSet::from(expected));
    let reasons = |status: &str| crate::openapi_tools::reasons(&document, &buy["responses"][status]);
    assert_eq!(reasons("403"), ["NOT_THE_BUYER"]);
    assert_eq!(reasons("404"), ["SCREENING_NOT_FOUND", "USER_NOT_FOUND"]);
    assert!(reasons("409").starts_with(&["SEATS_TAKEN".to_owned(), "SEAT_NOT_FOR_SALE".to_owned()]));
    assert!(reasons("400").contains(&"IDEMPOTENCY_KEY_REUSED".to_owned()));
    assert_eq!(reasons("503"), ["OVERLOADED", "USERS_UNAVAILABLE", "SERVICE_UNAVAILABLE"]);
    assert_eq!(reasons("401"), ["TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED", "TOKEN_REVOKED"]);
}

#[test]
fn reasons_of_another_call_and_of_the_service_are_found() {
    let document = document();
    let reasons = |name: &str, status: &str| {
        crate::openapi_tools::reasons(&document, &operation(&document, name)["responses"][status])
    };
    // "Errors as `Register`."
    assert_eq!(reasons("PATCH /v1/me", "409"), ["USER_NAME_TAKEN", "EMAIL_TAKEN", "PHONE_TAKEN"]);
    // A code that only another call's comment gives.
    assert!(reasons("POST /v1/orders/{order_id}/refund", "409").contains(&"COUPLE_SEAT_SPLIT".to_owned()));
    // From the comment of a field.
    assert_eq!(reasons("PATCH /v1/screenings/{film_sid}", "409"), ["SCREENING_HAS_ORDERS"]);
    // Common to a service, as far as the request names such a thing.
    assert_eq!(reasons("GET /v1/films/{film_id}", "404"), ["FILM_NOT_FOUND"]);
    let planned = ["FILM_NOT_FOUND", "HALL_NOT_FOUND", "PRICE_LIST_NOT_FOUND"];
    assert_eq!(reasons("POST /v1/screenings", "404"), planned);
    assert!(operation(&document, "GET /v1/films")["responses"].get("404").is_none());
}

#[test]
fn what_is_open_needs_no_token() {
    let document = document();
    for (path, verb, operation) in operations(&document) {
        let open = operation["x-marquee-access"] == "PUBLIC";
        let free = operation["security"].as_array().unwrap().contains(&json!({}));
        assert_eq!(open, free, "{verb} {path}");
    }
}

#[test]
fn streams_and_raw_bodies_are_told_apart_from_json() {
    let document = document();
    for name in ["GET /v1/screenings/{film_sid}/seats/watch", "POST /film/FilmService/WatchHall"] {
        let content = &operation(&document, name)["responses"]["200"]["content"];
        let types: BTreeSet<_> = content.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(types, BTreeSet::from(["application/x-ndjson", "text/event-stream"]), "{name}");
        let item = &content["text/event-stream"]["x-item-schema"]["$ref"];
        assert_eq!(item, "#/components/schemas/film.HallChange");
    }
    let webhook = operation(&document, "POST /v1/payments/webhooks/{provider}");
    assert_eq!(webhook["requestBody"]["content"], json!({ "*/*": {} }));
}

#[test]
fn answers_that_can_be_kept_have_a_tag() {
    let document = document();
    for (path, verb, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        let whole = responses["200"]["content"].get("application/json").is_some();
        assert_eq!(responses.contains_key("304"), verb == "get" && whole, "{path}");
        let tagged = responses["200"].pointer("/headers/ETag").is_some();
        assert_eq!(tagged, responses.contains_key("304"), "{path}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn visit(value: &Value, document: &Value, found: &mut usize) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(reference)) = map.get("$ref") {
                    *found += 1;
                    let target = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(target).is_some(), "{reference}");
                }
                map.values().for_each(|value| visit(value, document, found));
            }
            Value::Array(items) => items.iter().for_each(|value| visit(value, document, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = 0;
    visit(&document, &document, &mut found);
    assert!(found > operations(&document).count());
}
