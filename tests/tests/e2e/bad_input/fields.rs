//! Bodies, fields and values that cannot be.

use serde_json::{Value, json};
use tests::http::Call;
use tests::person::PASSWORD;
use tests::wait::now_ms;
use tests::{Person, ScreeningPlan, TestCluster, audit};

use super::{Refusal, check, refusal, talkative};

const HOUR_MS: i64 = 3_600_000;
const MIB: usize = 1024 * 1024;

fn buying(person: &Person, body: &Value) -> Call {
    person.request("POST", "/v1/orders", Some(body))
}

fn raw(person: &Person, body: impl Into<Vec<u8>>) -> Call {
    buying(person, &json!({})).raw(body.into())
}

fn bodies(person: &Person, film_sid: i64) -> Vec<Refusal> {
    let long = vec![b' '; 10 * MIB];
    let deep = "[".repeat(200_000);
    let twice = format!(r#"{{"film_sid": {film_sid}, "seats": ["A1"], "film_sid": {film_sid}}}"#);
    let plain = buying(person, &json!({ "film_sid": film_sid, "seats": ["A1"] }));
    vec![
        refusal("half a body", raw(person, r#"{"film_sid": "#), 400, "JSON_INVALID"),
        refusal("a list", raw(person, "[]"), 400, "JSON_INVALID"),
        refusal("null", raw(person, "null"), 400, "JSON_INVALID"),
        refusal("a text", raw(person, r#""film_sid""#), 400, "JSON_INVALID"),
        refusal("two objects", raw(person, "{}{}"), 400, "JSON_INVALID"),
        refusal("no JSON", raw(person, "film_sid=1&seats=A1"), 400, "JSON_INVALID"),
        refusal(
            "not UTF-8",
            raw(person, b"{\"film_sid\": 1, \"seats\": [\"\xff\"]}".to_vec()),
            400,
            "JSON_INVALID",
        ),
        refusal("half a surrogate", raw(person, r#"{"seats": ["\ud800"]}"#), 400, "JSON_INVALID"),
        refusal("a number beyond all", raw(person, r#"{"film_sid": 1e400}"#), 400, "JSON_INVALID"),
        refusal("as deep as a well", raw(person, deep), 400, "JSON_INVALID"),
        refusal("10 MiB of nothing", raw(person, long), 413, "BODY_TOO_LARGE"),
        refusal("a field twice", raw(person, twice), 400, "FIELD_INVALID"),
        refusal("nothing at all", raw(person, ""), 400, "FIELD_INVALID"),
        refusal("packed", plain.with("content-encoding", "gzip"), 415, "CONTENT_TYPE_UNSUPPORTED"),
        refusal(
            "plain text",
            Call::new("POST", "/v1/orders", None)
                .signed(&person.token)
                .with("content-type", "text/plain")
                .raw("{}"),
            415,
            "CONTENT_TYPE_UNSUPPORTED",
        ),
    ]
}

fn fields(person: &Person, film_sid: i64) -> Vec<Refusal> {
    let buy = |body: Value| buying(person, &body);
    let seats = |seats: Value| buy(json!({ "film_sid": film_sid, "seats": seats }));
    let sid = |film_sid: Value| buy(json!({ "film_sid": film_sid, "seats": ["A1"] }));
    let types = |types: Value| buy(json!({ "film_sid": film_sid, "seats": ["A1"], "ticket_types": types }));
    let many: Vec<String> = (1..=1_000).map(|number| format!("A{number}")).collect();
    let unknown = buy(json!({ "film_sid": film_sid, "seats": ["A1"], "colour": "red" }));
    let mut all = vec![refusal("an unknown field", unknown, 400, "FIELD_UNKNOWN")];
    let invalid: Vec<(&'static str, Call)> = vec![
        ("a word for a number", sid(json!("first"))),
        ("half a screening", sid(json!(1.5))),
        ("true for a number", sid(json!(true))),
        ("a list for a number", sid(json!([film_sid]))),
        ("no screening", buy(json!({ "seats": ["A1"] }))),
        ("screening 0", sid(json!(0))),
        ("a negative screening", sid(json!(-1))),
        ("one more than fits", sid(json!(9_223_372_036_854_775_808_u64))),
        ("a text for a list", seats(json!("A1"))),
        ("numbers for texts", seats(json!([1]))),
        ("null for a text", seats(json!([null]))),
        ("no seats", seats(json!([]))),
        ("1,000 seats", seats(json!(many))),
        ("21 seats", seats(json!(vec!["A1"; 21]))),
        ("a seat without a name", seats(json!([""]))),
        ("a seat with a long name", seats(json!(["A".repeat(33)]))),
        ("markup", seats(json!(["<script>"]))),
        ("an emoji", seats(json!(["\u{1f4ba}"]))),
        ("text from right to left", seats(json!(["A1\u{202e}"]))),
        ("a zero byte", seats(json!(["A1\0"]))),
        ("a quote", seats(json!(["A1'; DROP TABLE seat_claim; --"]))),
        ("a ticket type there is not", types(json!({ "A1": "GIANT" }))),
        ("a ticket type by a number there is not", types(json!({ "A1": 99 }))),
        ("a ticket type for another seat", types(json!({ "A2": "CHILD" }))),
        ("a buyer below zero", buy(json!({ "film_sid": film_sid, "seats": ["A1"], "user_id": -5 }))),
    ];
    all.extend(invalid.into_iter().map(|(what, call)| refusal(what, call, 400, "FIELD_INVALID")));
    all.extend([
        refusal("a seat twice", seats(json!(["A1", "A2", "A1"])), 400, "SEAT_REPEATED"),
        refusal("a seat there is not", seats(json!(["A1", "Z99"])), 400, "SEAT_UNKNOWN"),
        refusal("wide letters", seats(json!(["\u{ff21}\u{ff11}"])), 400, "SEAT_UNKNOWN"),
        refusal("a space too many", seats(json!(["A1 "])), 400, "SEAT_UNKNOWN"),
        refusal("a screening there is not", sid(json!(i64::MAX)), 404, "SCREENING_NOT_FOUND"),
    ]);
    all
}

fn accounts() -> Vec<Refusal> {
    let register = |body: Value| Call::new("POST", "/v1/users", Some(&body));
    let named = |name: &str| register(json!({ "user_name": name, "password": PASSWORD }));
    vec![
        refusal("nobody", register(json!({ "password": PASSWORD })), 400, "LOGIN_NAME_MISSING"),
        refusal("a short name", named("a"), 400, "USER_NAME_INVALID"),
        refusal("a name with a space", named("a b c"), 400, "USER_NAME_INVALID"),
        refusal("a name with a zero byte", named("admin\0"), 400, "FIELD_INVALID"),
        refusal("no address", register(json!({ "email": "x", "password": PASSWORD })), 400, "EMAIL_INVALID"),
        refusal("no number", register(json!({ "phone": "12", "password": PASSWORD })), 400, "PHONE_INVALID"),
        refusal("no password", register(json!({ "user_name": "somebody" })), 400, "FIELD_INVALID"),
        refusal(
            "a short password",
            register(json!({ "user_name": "somebody", "password": "1234567" })),
            400,
            "PASSWORD_TOO_WEAK",
        ),
        refusal(
            "a password as long as a chapter",
            register(json!({ "user_name": "somebody", "password": "p".repeat(50_000) })),
            400,
            "FIELD_INVALID",
        ),
        refusal(
            "a password as long as a book",
            register(json!({ "user_name": "somebody", "password": "p".repeat(100_000) })),
            413,
            "BODY_TOO_LARGE",
        ),
    ]
}

fn management(admin: &Person, hall_id: i64, film_id: i64, price_list_id: i64) -> Vec<Refusal> {
    let plan = |body: Value| {
        let mut screening = json!({
            "film_id": film_id, "hall_id": hall_id, "price_list_id": price_list_id,
            "starts_at": now_ms() + 200 * HOUR_MS, "language": "en",
        });
        for (field, value) in body.as_object().unwrap() {
            screening[field] = value.clone();
        }
        admin.request("POST", "/v1/screenings", Some(&screening))
    };
    let film = |body: Value| admin.request("POST", "/v1/films", Some(&body));
    let cinema = |zone: &str, currency: &str| {
        let cinema = json!({ "name": "C", "city": "D", "time_zone": zone, "currency": currency });
        admin.request("POST", "/v1/cinemas", Some(&cinema))
    };
    vec![
        refusal("yesterday", plan(json!({ "starts_at": now_ms() - 24 * HOUR_MS })), 400, "START_IN_PAST"),
        refusal(
            "in the year 3000",
            plan(json!({ "starts_at": 32_503_680_000_000_i64 })),
            400,
            "FIELD_INVALID",
        ),
        refusal("no hall", plan(json!({ "hall_id": 999_999 })), 404, "HALL_NOT_FOUND"),
        refusal("no film", plan(json!({ "film_id": 999_999 })), 404, "FILM_NOT_FOUND"),
        refusal("no prices", plan(json!({ "price_list_id": 999_999 })), 404, "PRICE_LIST_NOT_FOUND"),
        refusal("a film of no length", film(json!({ "title": "Short", "minutes": 0 })), 400, "FIELD_INVALID"),
        refusal("an endless film", film(json!({ "title": "Long", "minutes": 901 })), 400, "FIELD_INVALID"),
        refusal(
            "a control character",
            film(json!({ "title": "Bell\u{7}", "minutes": 90 })),
            400,
            "FIELD_INVALID",
        ),
        refusal("a zone there is not", cinema("Mars/Olympus", "EUR"), 400, "TIME_ZONE_UNKNOWN"),
        refusal("money there is not", cinema("Europe/Berlin", "XYZ"), 400, "CURRENCY_INVALID"),
    ]
}

#[tokio::test]
async fn bodies_and_fields_that_cannot_be_are_refused() {
    let cluster = TestCluster::start_with(crate::MODE, talkative()).await;
    let screening = cluster.screening(&ScreeningPlan::rows(2, 30)).await;
    let (admin, person) = (cluster.admin().await, cluster.customer().await);
    let mut refusals = bodies(&person, screening.film_sid);
    refusals.extend(fields(&person, screening.film_sid));
    refusals.extend(accounts());
    refusals.extend(management(admin, screening.hall_id, screening.film_id, screening.price_list_id));
    check(cluster.client(), refusals).await;
    assert!(person.orders().await.is_empty(), "none of it bought anything");
    audit::log(&cluster, &[PASSWORD, &person.token, &admin.token, &person.refresh_token]);
}

#[tokio::test]
async fn screenings_that_are_not_on_sale_are_not_sold() {
    let cluster = TestCluster::start(crate::MODE).await;
    let person = cluster.customer().await;
    let early = ScreeningPlan::rows(1, 3).with("sales_open_at", now_ms() + HOUR_MS);
    let refused = person.buy(cluster.screening(&early).await.film_sid, &["A1"]).await.unwrap_err();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "SALES_NOT_OPEN"));
    let closing = now_ms() - HOUR_MS;
    let late =
        ScreeningPlan::rows(1, 3).with("sales_open_at", closing - HOUR_MS).with("sales_close_at", closing);
    let refused = person.buy(cluster.screening(&late).await.film_sid, &["A1"]).await.unwrap_err();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "SALES_CLOSED"));
    assert_eq!(refused.metadata["sales_close_at"], closing.to_string());
}
