//! The way of a purchase through HTTP: from an empty catalogue to tickets and back.

use std::time::Duration;

use crate::common::{Running, START_MS, bearer, start_all};
use http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};

const HALL: &str = "@category s #3b82f6 Standard\nA: ssssss\nB: ssssss\n";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A screening in two days; its id.
async fn screening(running: &Running) -> i64 {
    screening_in(running, HALL).await
}

/// A screening in two days in a hall of this drawing; its id.
pub async fn screening_in(running: &Running, drawing: &str) -> i64 {
    screening_by(running, &running.admin().await, drawing).await
}

async fn screening_by(running: &Running, admin: &Value, drawing: &str) -> i64 {
    let post = async |path: String, body: Value| {
        let answer = running.as_user(admin, Method::POST, &path, &body).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        answer.json()
    };
    let cinema = json!({"name": "Odeon", "city": "Berlin", "time_zone": "Europe/Berlin", "currency": "EUR"});
    let cinema = post("/v1/cinemas".into(), cinema).await["cinema_id"].clone();
    let hall = json!({"name": "1", "plan": {"drawing": drawing}});
    let hall = post(format!("/v1/cinemas/{cinema}/halls"), hall).await["hall_id"].clone();
    let prices = json!([
        {"category": "Standard", "ticket_type": "ADULT", "amount": 1200},
        {"category": "Standard", "ticket_type": "CHILD", "amount": 800},
        {"category": "Premium", "ticket_type": "ADULT", "amount": 1500},
    ]);
    let list = json!({"name": "usual", "prices": prices});
    let list = post(format!("/v1/cinemas/{cinema}/price-lists"), list).await["price_list_id"].clone();
    let film = json!({"title": "Metropolis", "minutes": 153, "titles": {"de": "Metropolis", "zh": "大都会"}});
    let film = post("/v1/films".into(), film).await["film_id"].clone();
    let screening = json!({
        "film_id": film, "hall_id": hall, "price_list_id": list, "starts_at": START_MS + 2 * DAY_MS, "language": "de",
    });
    post("/v1/screenings".into(), screening).await["film_sid"].as_i64().unwrap()
}

#[tokio::test]
async fn a_purchase_by_rest() {
    let running = start_all().await;
    let film_sid = screening(&running).await;
    let ann = running.register("annlee").await;
    let films = running.get("/v1/films?city=Berlin").await;
    assert_eq!(films.json()["films"][0]["titles"], json!({"de": "Metropolis", "zh": "大都会"}));
    let seats = ["A1", "A2"];
    let buy = json!({"film_sid": film_sid, "seats": seats, "ticket_types": {"A2": "CHILD"}});
    let order = running.as_user(&ann, Method::POST, "/v1/orders", &buy).await;
    assert_eq!((order.status.as_u16(), order.header("cache-control")), (200, "no-store"));
    assert_eq!((&order.json()["state"], &order.json()["amount"]), (&json!("PENDING"), &json!(2000)));
    let path = format!("/v1/orders/{}", order.json()["order_id"]);
    let pay = json!({"payment_method": "card_ok"});
    let paid = running.as_user(&ann, Method::POST, &format!("{path}/pay"), &pay).await;
    assert_eq!(
        (&paid.json()["order"]["state"], &paid.json()["payment"]["state"]),
        (&json!("PAID"), &json!("SUCCEEDED"))
    );
    let info = running.as_user(&ann, Method::GET, &path, &Value::Null).await;
    assert_eq!(info.json()["tickets"].as_array().unwrap().len(), 2);
    let part =
        running.as_user(&ann, Method::POST, &format!("{path}/refund"), &json!({"seats": ["A2"]})).await;
    assert_eq!(part.json()["order"]["state"], "PARTIALLY_REFUNDED");
    let bob = running.register("bob").await;
    let other = running.as_user(&bob, Method::GET, &path, &Value::Null).await;
    assert_eq!((other.status.as_u16(), other.reason().as_str()), (404, "ORDER_NOT_FOUND"));
    let hall = running.get(&format!("/v1/screenings/{film_sid}/seats")).await.json();
    let state = |name: &str| {
        hall["seats"].as_array().unwrap().iter().find(|seat| seat["seat"] == name).unwrap()["state"].clone()
    };
    assert_eq!((state("A1"), state("A2"), &hall["free"]), (json!("SOLD"), json!("FREE"), &json!(11)));
}

#[tokio::test]
async fn screenings_are_looked_up_together() {
    let running = start_all().await;
    let film_sid = screening(&running).await;
    let found = running.get(&format!("/v1/screenings/batch?film_sid={film_sid}&film_sid=999999999")).await;
    assert_eq!(found.status, 200, "{:?}", found.body);
    let found = found.json();
    assert_eq!(found["screenings"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&found["films"][0]["title"], &found["cinemas"][0]["name"]),
        (&json!("Metropolis"), &json!("Odeon"))
    );
    let none = running.get("/v1/screenings/batch").await;
    assert_eq!((none.status.as_u16(), none.reason().as_str()), (400, "FIELD_INVALID"));
}

#[tokio::test]
async fn what_staff_and_managers_do_by_rest() {
    let running = start_all().await;
    let admin = running.admin().await;
    let film_sid = screening_by(&running, &admin, HALL).await;
    let post = async |path: &str, body: Value| running.as_user(&admin, Method::POST, path, &body).await;
    let get = async |path: &str| running.as_user(&admin, Method::GET, path, &Value::Null).await;
    let order = post("/v1/orders", json!({"film_sid": film_sid, "seats": ["A1"]})).await.json();
    let path = format!("/v1/orders/{}", order["order_id"]);
    let paid = post(&format!("{path}/pay"), json!({"payment_method": "cash"})).await.json();
    assert_eq!(paid["payment"]["provider"], "cash");

    let found = get(&format!("/v1/orders/find?film_sid={film_sid}&state=PAID&page_size=5")).await;
    assert_eq!(found.status, 200, "{:?}", found.body);
    assert_eq!(found.json()["orders"][0]["order_id"], order["order_id"]);
    let cinema = &order["cinema_id"];
    let found = get(&format!("/v1/orders/find?cinema_ids={cinema}&cinema_ids=987654")).await.json();
    assert_eq!(found["orders"].as_array().unwrap().len(), 1);

    let ticket = json!({"code": paid["order"]["tickets"][0]["code"], "admit": true});
    let early = post("/v1/tickets/check", ticket.clone()).await;
    assert_eq!((early.status.as_u16(), early.reason().as_str()), (409, "TICKET_TOO_EARLY"));
    let forged = post("/v1/tickets/check", json!({"code": "MQ1.AAAA"})).await;
    assert_eq!((forged.status.as_u16(), forged.reason().as_str()), (400, "TICKET_CODE_INVALID"));

    let range = format!("from={START_MS}&to={}", START_MS + 7 * DAY_MS);
    let report = get(&format!("/v1/reports/sales?{range}&basis=START&group_by=SCREENING")).await.json();
    let row = &report["rows"][0];
    assert_eq!(
        (&row["film_sid"], &row["seats_sold"], &row["captured"]),
        (&json!(film_sid), &json!(1), &json!(1200))
    );
    let progress = format!("/v1/screenings/{film_sid}/cancellation");
    assert_eq!(get(&progress).await.reason(), "SCREENING_NOT_CANCELLED");
    post(&format!("/v1/screenings/{film_sid}/cancel"), json!({"reason": "power cut"})).await;
    assert_eq!(get(&progress).await.json()["orders"], 1);

    let changes = get("/v1/changes?thing=SCREENING").await.json();
    assert_eq!(changes["changes"][0]["action"], "CANCEL");
    assert_eq!(changes["changes"][0]["what"], r#"{"cancelled":true,"reason":"power cut"}"#);
    let roles = get("/v1/role-changes").await.json();
    assert_eq!(roles["changes"][0]["after"]["roles"], json!(["CUSTOMER", "ADMIN"]));
}

#[tokio::test]
async fn who_has_a_hall_gets_it_again_only_when_it_has_changed() {
    let running = start_all().await;
    let film_sid = screening(&running).await;
    let path = format!("/v1/screenings/{film_sid}/seats");
    let again = async |tag: &str| {
        running.send(running.request(Method::GET, &path).header("if-none-match", tag), "").await
    };
    let first = running.get(&path).await;
    // Titles in several languages come in any order inside; and time passes.
    for _ in 0..5 {
        running.kit.clock.advance(1_000);
        assert_eq!(again(first.header("etag")).await.status, 304);
    }
    let buy = json!({"film_sid": film_sid, "seats": ["A1"]});
    let ann = running.register("annlee").await;
    assert_eq!(running.as_user(&ann, Method::POST, "/v1/orders", &buy).await.status, 200);
    let changed = again(first.header("etag")).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.json()["as_of"], first.json()["as_of"]);
}

#[tokio::test]
async fn every_form_buys_and_says_which_seats_are_taken() {
    let running = start_all().await;
    let film_sid = screening(&running).await;
    let ann = running.register("annlee").await;
    for (seat, path) in ["/order/OrderService/Buy", "/order/Buy", "/v1/orders"].into_iter().enumerate() {
        let buy = json!({"film_sid": film_sid.to_string(), "seats": [format!("A{}", seat + 1)]});
        let answer = running.as_user(&ann, Method::POST, path, &buy).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["state"]), (200, &json!("PENDING")), "{path}");
        let again = running.as_user(&ann, Method::POST, path, &buy).await;
        assert_eq!((again.status.as_u16(), again.reason().as_str()), (409, "SEATS_TAKEN"), "{path}");
    }
    let taken = json!({"film_sid": film_sid, "seats": ["A3", "A4", "A1"]});
    let taken = running.as_user(&ann, Method::POST, "/v1/orders", &taken).await;
    insta::assert_json_snapshot!("seats_taken", taken.json(), { ".trace_id" => "[trace]" });
}

#[tokio::test]
async fn the_idempotency_key_reaches_the_service() {
    let running = start_all().await;
    let film_sid = screening(&running).await;
    let ann = running.register("annlee").await;
    let buy = |seat: &str| {
        let request = running
            .request(Method::POST, "/v1/orders")
            .header("authorization", bearer(&ann))
            .header("content-type", "application/json")
            .header("idempotency-key", "k-1");
        running.send(request, json!({"film_sid": film_sid, "seats": [seat]}).to_string())
    };
    let (first, again) = (buy("A1").await.json(), buy("A1").await.json());
    assert_eq!(first, again);
    let other = buy("A2").await;
    assert_eq!((other.status.as_u16(), other.reason().as_str()), (400, "IDEMPOTENCY_KEY_REUSED"));
}

#[tokio::test]
async fn seats_can_be_watched_as_they_change() {
    let running = start_all().await;
    let film_sid = screening(&running).await;
    let ann = running.register("annlee").await;
    let path = format!("/v1/screenings/{film_sid}/seats/watch");
    let request = running.request(Method::GET, &path).header("accept", "text/event-stream");
    let mut events = running.open(request, "").await;
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let mut event = async || {
        let frame = tokio::time::timeout(Duration::from_secs(10), events.body_mut().frame()).await.unwrap();
        let text = String::from_utf8(frame.unwrap().unwrap().into_data().unwrap().to_vec()).unwrap();
        let (id, data) = text.strip_prefix("id: ").unwrap().split_once("\ndata: ").unwrap();
        (id.parse::<i64>().unwrap(), serde_json::from_str::<Value>(data).unwrap())
    };
    let (_, snapshot) = event().await;
    assert_eq!((&snapshot["snapshot"], &snapshot["seats"]), (&json!(true), &json!([])));
    let buy = json!({"film_sid": film_sid, "seats": ["B1"]});
    assert_eq!(running.as_user(&ann, Method::POST, "/v1/orders", &buy).await.status, 200);
    let (id, change) = event().await;
    assert_eq!(change["seats"], json!([{"seat": "B1", "state": "HELD"}]));
    assert_eq!(change["sequence"], id);
    let unknown = running.get("/v1/screenings/999999/seats/watch").await;
    assert_eq!((unknown.status.as_u16(), unknown.reason().as_str()), (404, "SCREENING_NOT_FOUND"));
}

#[tokio::test]
async fn a_webhook_reaches_the_service_as_the_bytes_it_is() {
    let running = start_all().await;
    let send = |signature: &str, body: &'static str| {
        let request = running
            .request(Method::POST, "/v1/payments/webhooks/sandbox")
            .header("content-type", "application/anything")
            .header("marquee-signature", signature);
        running.send(request, body)
    };
    let unsigned = send("t=1,v1=00", "{ \"a\": 1 }").await;
    assert_eq!((unsigned.status.as_u16(), unsigned.reason().as_str()), (401, "SIGNATURE_INVALID"));
    let secret = running.kit.derived_secret("sandbox webhooks").to_vec().into();
    let body = "{ \"not\":  \"a message\" }\n";
    let signature = service_order::provider::signature::sign(&[secret], START_MS / 1000, body.as_bytes());
    let signed = send(&signature, body).await;
    assert_eq!((signed.status.as_u16(), signed.reason().as_str()), (400, "WEBHOOK_INVALID"));
}

#[tokio::test]
async fn all_services_there_is_ready() {
    let running = start_all().await;
    let answer = running.get("/readyz").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (200, &json!("ok")));
}

#[tokio::test]
async fn a_seating_plan_may_be_larger_than_other_requests() {
    let running = start_all().await;
    let admin = running.admin().await;
    let cinema = json!({"name": "Odeon", "city": "Berlin", "time_zone": "Europe/Berlin", "currency": "EUR"});
    let cinema =
        running.as_user(&admin, Method::POST, "/v1/cinemas", &cinema).await.json()["cinema_id"].clone();
    let path = format!("/v1/cinemas/{cinema}/halls");
    let plan = |megabytes: usize| json!({"name": "1", "plan": {"pretix_json": "x".repeat(megabytes << 20)}});
    let not_json = running.as_user(&admin, Method::POST, &path, &plan(10)).await;
    assert_eq!((not_json.status.as_u16(), not_json.reason().as_str()), (400, "PLAN_INVALID"));
    let too_large = running.as_user(&admin, Method::POST, &path, &plan(18)).await;
    assert_eq!((too_large.status.as_u16(), too_large.reason().as_str()), (413, "BODY_TOO_LARGE"));
}
