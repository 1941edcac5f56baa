//! The HTTP contract: a changed answer is a changed file in review.
//!
//! Accept a change that is meant with `INSTA_UPDATE=always cargo test -p tests contract`.

use insta::internals::Redaction;
use insta::{Settings, assert_json_snapshot};
use serde_json::{Value, json};
use tests::{ScreeningPlan, TestCluster};

/// Fields that differ from run to run: shown as what they are.
const NAMED: [(&str, &str); 10] = [
    ("trace_id", "[trace id]"),
    ("code", "[ticket code]"),
    ("access_token", "[access token]"),
    ("refresh_token", "[refresh token]"),
    ("starts_local", "[local time]"),
    ("sequence", "[number]"),
    ("next_page_token", "[page token]"),
    ("kid", "[key id]"),
    ("x", "[public key]"),
    ("public_key", "[public key]"),
];
/// Times, shown as such unless they are 0.
const TIMES: [&str; 10] = [
    "as_of",
    "created_at",
    "expires_at",
    "paid_at",
    "starts_at",
    "ends_at",
    "sales_open_at",
    "sales_close_at",
    "access_expires_at",
    "refresh_expires_at",
];
/// Ids, likewise: which numbers they are depends on who leased some before.
const IDS: [&str; 9] = [
    "user_id",
    "order_id",
    "payment_id",
    "refund_id",
    "ticket_id",
    "film_id",
    "film_sid",
    "cinema_id",
    "hall_id",
];

fn settings() -> Settings {
    let mut settings = Settings::clone_current();
    // However the system runs, it says the same.
    settings.set_prepend_module_to_snapshot(false);
    let text = |shown: &'static str| {
        insta::dynamic_redaction(
            move |value, _| if value.as_str() == Some("") { value } else { shown.into() },
        )
    };
    for (field, shown) in NAMED {
        let redaction = match field {
            // A seat's `x` is a number and stays.
            "x" => public_key(),
            "code" => ticket_code(shown),
            _ => text(shown),
        };
        settings.add_redaction(&format!(".**.{field}"), redaction);
    }
    for (fields, shown) in [(&TIMES[..], "[time]"), (&IDS[..], "[id]"), (&["price_list_id"][..], "[id]")] {
        for field in fields {
            settings.add_redaction(&format!(".**.{field}"), number(shown));
        }
    }
    settings
}

/// A ticket's code; the code of a fault stays.
fn ticket_code(shown: &'static str) -> Redaction {
    insta::dynamic_redaction(move |value, _| match value.as_str() {
        Some(code) if code.starts_with("MQ1.") => shown.into(),
        _ => value,
    })
}

/// A number that is set, or 0.
fn number(shown: &'static str) -> Redaction {
    insta::dynamic_redaction(move |value, _| match value.as_i64() {
        Some(0) | None => value,
        Some(_) => shown.into(),
    })
}

fn public_key() -> Redaction {
    insta::dynamic_redaction(|value, _| if value.as_str().is_some() { "[public key]".into() } else { value })
}

/// The status, the headers that matter, and the body.
fn shown(answer: &tests::Answer) -> Value {
    let mut headers = serde_json::Map::new();
    for name in ["content-type", "cache-control", "www-authenticate", "allow", "retry-after"] {
        if !answer.header(name).is_empty() {
            headers.insert(name.to_owned(), answer.header(name).into());
        }
    }
    json!({ "status": answer.status, "headers": headers, "body": answer.json() })
}

/// Each answer in a snapshot of its own, in the order they are given.
fn all(answers: Vec<(&str, tests::Answer)>) {
    settings().bind(|| {
        for (name, answer) in answers {
            assert_json_snapshot!(name, shown(&answer));
        }
    });
}

#[tokio::test]
async fn contract_of_accounts() {
    let cluster = TestCluster::start(crate::MODE).await;
    let client = cluster.client();
    let register = json!({
        "user_name": "anna", "email": "anna@example.org", "phone": "+31 20 555 0100",
        "password": "correct horse battery", "display_name": "Anna", "locale": "nl",
    });
    let registered = client.post("/v1/users", &register).await;
    let session: Value = registered.clone().ok();
    let login = json!({ "login": "ANNA@example.org", "password": "correct horse battery" });
    let anna = tests::Person::sign_in(client, "anna", "correct horse battery").await;
    let refresh = json!({ "refresh_token": session["refresh_token"] });
    let refreshed = client.post("/v1/sessions/refresh", &refresh).await;
    // Somebody goes on with the new one: from then on the first is a copy.
    let session: Value = refreshed.clone().ok();
    let next = json!({ "refresh_token": session["refresh_token"] });
    let _: Value = client.post("/v1/sessions/refresh", &next).await.ok();
    all(vec![
        ("user_registered", registered),
        (
            "user_name_taken",
            client
                .post("/v1/users", &json!({ "user_name": "ANNA", "password": "correct horse battery" }))
                .await,
        ),
        (
            "password_too_weak",
            client.post("/v1/users", &json!({ "user_name": "bert", "password": "password" })).await,
        ),
        ("signed_in", client.post("/v1/sessions", &login).await),
        (
            "credentials_wrong",
            client.post("/v1/sessions", &json!({ "login": "anna", "password": "no" })).await,
        ),
        ("session_refreshed", refreshed),
        ("refresh_token_reused", client.post("/v1/sessions/refresh", &refresh).await),
        ("profile", anna.get("/v1/me").await),
        (
            "token_checked",
            client.post("/v1/sessions/authorize", &json!({ "access_token": anna.token })).await,
        ),
        ("token_missing", client.get("/v1/me").await),
        ("keys", client.get("/v1/keys").await),
    ]);
}

#[tokio::test]
async fn contract_of_the_catalogue() {
    let cluster = TestCluster::start(crate::MODE).await;
    let client = cluster.client();
    let plan = ScreeningPlan::new("A: s(pp)\nB: w#k\n").with("subtitles", "nl").with("format", "3D");
    let screening = cluster.screening(&plan).await;
    let admin = cluster.admin().await;
    let (sid, cinema, hall) = (screening.film_sid, screening.cinema_id, screening.hall_id);
    let overlapping = json!({
        "film_id": screening.film_id, "hall_id": hall, "price_list_id": screening.price_list_id,
        "starts_at": screening.starts_at + 60_000, "language": "en",
    });
    let answers = vec![
        ("films_now_showing", client.get("/v1/films").await),
        ("screenings_found", client.get("/v1/screenings?city=utrecht").await),
        ("film", client.get(&format!("/v1/films/{}", screening.film_id)).await),
        ("hall", client.get(&format!("/v1/screenings/{sid}/seats")).await),
        ("cinemas", client.get("/v1/cinemas").await),
        ("halls", client.get(&format!("/v1/cinemas/{cinema}/halls")).await),
        ("price_lists", admin.get(&format!("/v1/cinemas/{cinema}/price-lists")).await),
        ("seating_plan", admin.get(&format!("/v1/halls/{hall}/plan")).await),
        ("film_not_found", client.get("/v1/films/999999").await),
        ("screening_overlaps", admin.post("/v1/screenings", &overlapping).await),
        ("cinema_in_use", admin.post(&format!("/v1/cinemas/{cinema}/retire"), &json!({})).await),
        ("screening_cancelled", admin.post(&format!("/v1/screenings/{sid}/cancel"), &json!({})).await),
    ];
    all(answers);
}

#[tokio::test]
async fn contract_of_orders() {
    let cluster = TestCluster::start(crate::MODE).await;
    let sid = cluster.screening(&ScreeningPlan::rows(1, 6)).await.film_sid;
    let (anna, bert) = (cluster.customer().await, cluster.customer().await);
    let buy = json!({ "film_sid": sid, "seats": ["A1", "A2"], "ticket_types": { "A2": "STUDENT" } });
    let bought = anna.post("/v1/orders", &buy).await;
    let order: Value = bought.clone().ok();
    let path = format!("/v1/orders/{}", order["order_id"]);
    let post = async |what: &str, body: Value| anna.post(&format!("{path}/{what}"), &body).await;
    let given_up = anna.buy(sid, &["A3"]).await.unwrap().order_id;
    let mut answers = vec![
        ("bought", bought),
        ("seats_taken", bert.post("/v1/orders", &buy).await),
        ("seat_unknown", bert.post("/v1/orders", &json!({ "film_sid": sid, "seats": ["A1", "Z9"] })).await),
        ("field_unknown", bert.post("/v1/orders", &json!({ "film_sid": sid, "seat": ["A4"] })).await),
        ("field_invalid", bert.post("/v1/orders", &json!({ "film_sid": "x", "seats": ["A4"] })).await),
        ("payment_declined", post("pay", json!({ "payment_method": "card_declined" })).await),
        ("paid", post("pay", json!({ "payment_method": "card_ok" })).await),
        ("refund_quoted", post("refund/quote", json!({ "seats": ["A1"] })).await),
        ("refunded", post("refund", json!({ "seats": ["A1"] })).await),
        ("order", anna.get(&path).await),
        ("orders", anna.get("/v1/orders?page_size=1").await),
    ];
    answers.extend([
        ("order_cancelled", anna.post(&format!("/v1/orders/{given_up}/cancel"), &json!({})).await),
        ("order_of_somebody_else", bert.get(&path).await),
        ("method_not_allowed", bert.client.send(bert.request("DELETE", &path, None)).await),
        ("path_unknown", bert.get("/v1/nothing").await),
        ("ticket_keys", bert.get("/v1/ticket-keys").await),
    ]);
    all(answers);
}
