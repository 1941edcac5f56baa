//! Paths, methods, queries and headers that lead nowhere, and doors that are closed to some.

use serde_json::{Value, json};
use tests::http::Call;
use tests::{Person, ScreeningPlan, TestCluster, audit};

use super::{Refusal, check, refusal, talkative};

/// Somebody else's order does not exist, whatever is asked of it.
fn other_peoples_orders(stranger: &Person, order_id: i64) -> Vec<Refusal> {
    let path = format!("/v1/orders/{order_id}");
    let post = |what: &str, body: Value| stranger.request("POST", &format!("{path}/{what}"), Some(&body));
    vec![
        refusal("to look", stranger.request("GET", &path, None), 404, "ORDER_NOT_FOUND"),
        refusal("to pay", post("pay", json!({ "payment_method": "card_ok" })), 404, "ORDER_NOT_FOUND"),
        refusal("to give back", post("refund", json!({})), 404, "ORDER_NOT_FOUND"),
        refusal("to ask for the fee", post("refund/quote", json!({})), 404, "ORDER_NOT_FOUND"),
        refusal("to cancel", post("cancel", json!({})), 404, "ORDER_NOT_FOUND"),
    ]
}

fn paths(person: &Person) -> Vec<Refusal> {
    let get = |path: &str| person.request("GET", path, None);
    let post = |path: &str| person.request("POST", path, Some(&json!({})));
    let mut all = Vec::new();
    for path in ["/nope", "/v2/orders", "/v1", "/v1/orders/1/pay/now", "//etc/passwd", "/v1/../../etc/passwd"]
    {
        all.push(refusal("a path there is not", get(path), 404, "PATH_UNKNOWN"));
    }
    for path in ["/docs/../../Cargo.toml", "/docs/%2e%2e%2f%2e%2e%2fCargo.toml", "/docs/..%5c..%5cCargo.toml"]
    {
        all.push(refusal("out of the folder", get(path), 404, "PATH_UNKNOWN"));
    }
    for path in
        ["/order/Nope", "/order/OrderInternal/GetSeatStates", "/order/GetSeatStates", "/film/GetSalesFacts"]
    {
        all.push(refusal("a method that is not for clients", post(path), 404, "PATH_UNKNOWN"));
    }
    let order = |id: &str| get(&format!("/v1/orders/{id}"));
    for id in ["0", "-1", "abc", "1.5", "%00", "1%20", "0x1", "99999999999999999999", "..%2f..%2fetc", "%ff"]
    {
        all.push(refusal(
            "a number that is none",
            order(id),
            400,
            if id == "%ff" { "PATH_INVALID" } else { "FIELD_INVALID" },
        ));
    }
    all.push(refusal("an order there is not", order("9223372036854775807"), 404, "ORDER_NOT_FOUND"));
    for (method, path) in
        [("DELETE", "/v1/orders/1"), ("PUT", "/v1/orders"), ("GET", "/order/Buy"), ("BREW", "/v1/films")]
    {
        let call = person.request(method, path, None);
        all.push(refusal("a method that is not taken", call, 405, "METHOD_NOT_ALLOWED"));
    }
    all
}

fn queries(person: &Person) -> Vec<Refusal> {
    let get = |path: &str| person.request("GET", path, None);
    let long = format!("/v1/screenings?title={}", "a".repeat(9_000));
    vec![
        refusal("an unknown parameter", get("/v1/films?colour=red"), 400, "FIELD_UNKNOWN"),
        refusal("a parameter twice", get("/v1/films?page_size=1&page_size=2"), 400, "FIELD_INVALID"),
        refusal("a page of minus one", get("/v1/films?page_size=-1"), 400, "FIELD_INVALID"),
        refusal("a page of a thousand", get("/v1/orders?page_size=1000"), 400, "FIELD_INVALID"),
        refusal("a page of many", get("/v1/films?page_size=many"), 400, "FIELD_INVALID"),
        refusal("a page there is not", get("/v1/films?page_token=garbage"), 400, "PAGE_TOKEN_INVALID"),
        refusal(
            "a page of orders there is not",
            get("/v1/orders?page_token=garbage"),
            400,
            "PAGE_TOKEN_INVALID",
        ),
        refusal("an order there is not", get("/v1/films?order_by=LENGTH"), 400, "FIELD_INVALID"),
        refusal("a time before time", get("/v1/screenings?from=-1"), 400, "FIELD_INVALID"),
        refusal("a control character", get("/v1/screenings?title=%07"), 400, "FIELD_INVALID"),
        refusal("a query that is no text", get("/v1/screenings?city=%ff"), 400, "QUERY_INVALID"),
        refusal("a query like a novel", get(&long), 414, "QUERY_TOO_LONG"),
    ]
}

fn doors(person: &Person) -> Vec<Refusal> {
    let nobody = |method: &str, path: &str| Call::new(method, path, Some(&json!({})));
    let film = json!({ "title": "Mine", "minutes": 90 });
    let large = format!(r#"{{"plan": {{"pretix_json": "{}"}}}}"#, "x".repeat(10 * 1024 * 1024));
    let someone = json!({ "film_sid": 1, "seats": ["A1"], "user_id": person.user_id + 1 });
    let basic = Call::new("GET", "/v1/me", None).with("authorization", "Basic YWRtaW46YWRtaW4=");
    let key = |key: &str| {
        person
            .request("POST", "/v1/orders", Some(&json!({ "film_sid": 1, "seats": ["A1"] })))
            .with("idempotency-key", key)
    };
    let forged = person.request("GET", "/v1/users", None);
    let forged = forged.with("x-marquee-service", "user").with("x-marquee-service-token", "user.1.0000");
    let webhook = |provider: &str| {
        let body = json!({ "event_id": "1", "type": "payment.succeeded", "payment_id": 1, "amount": 1, "currency": "EUR" });
        Call::new("POST", &format!("/v1/payments/webhooks/{provider}"), Some(&body))
    };
    vec![
        refusal("to buy as nobody", nobody("POST", "/v1/orders"), 401, "TOKEN_MISSING"),
        refusal("to look as nobody", Call::new("GET", "/v1/me", None), 401, "TOKEN_MISSING"),
        refusal("another scheme", basic, 401, "TOKEN_INVALID"),
        refusal("a customer's film", person.request("POST", "/v1/films", Some(&film)), 403, "ROLE_MISSING"),
        refusal(
            "a customer's cinema",
            person.request("POST", "/v1/cinemas", Some(&json!({}))),
            403,
            "ROLE_MISSING",
        ),
        refusal("a customer's search", person.request("GET", "/v1/users", None), 403, "ROLE_MISSING"),
        refusal("a service's name", forged, 403, "ROLE_MISSING"),
        refusal(
            "a customer's promotion",
            person.request(
                "PUT",
                &format!("/v1/users/{}/roles", person.user_id),
                Some(&json!({ "roles": ["ADMIN"] })),
            ),
            403,
            "ROLE_MISSING",
        ),
        refusal(
            "a customer's hall of 10 MiB",
            person.request("POST", "/v1/cinemas/1/halls", Some(&json!({}))).raw(large.clone()),
            403,
            "ROLE_MISSING",
        ),
        refusal(
            "nobody's hall of 10 MiB",
            nobody("POST", "/v1/cinemas/1/halls").raw(large),
            401,
            "TOKEN_MISSING",
        ),
        refusal(
            "for somebody else",
            person.request("POST", "/v1/orders", Some(&someone)),
            403,
            "NOT_THE_BUYER",
        ),
        refusal("a long key", key(&"k".repeat(129)), 400, "IDEMPOTENCY_KEY_INVALID"),
        refusal("a key with a space", key("a b"), 400, "IDEMPOTENCY_KEY_INVALID"),
        refusal("a key beyond ASCII", key("k\u{e9}y"), 400, "IDEMPOTENCY_KEY_INVALID"),
        refusal("an unsigned webhook", webhook("sandbox"), 401, "SIGNATURE_INVALID"),
        refusal(
            "a wrongly signed webhook",
            webhook("sandbox").with("marquee-signature", "t=1,v1=00"),
            401,
            "SIGNATURE_INVALID",
        ),
        refusal("a webhook of nobody", webhook("nobody"), 404, "PROVIDER_UNKNOWN"),
    ]
}

#[tokio::test]
async fn what_leads_nowhere_or_is_not_for_you_is_refused() {
    let cluster = TestCluster::start_with(crate::MODE, talkative()).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(1, 4)).await.film_sid;
    let (owner, stranger) = (cluster.customer().await, cluster.customer().await);
    let order = owner.buy_and_pay(film_sid, &["A1"]).await;
    let mut refusals = other_peoples_orders(&stranger, order.order_id);
    refusals.extend(paths(&stranger));
    refusals.extend(queries(&stranger));
    refusals.extend(doors(&stranger));
    check(cluster.client(), refusals).await;
    // What only looks dangerous is just not found.
    let path = "/v1/screenings?title=%27%20OR%201%3D1%20--%20%25_";
    let found: Value = stranger.get(path).await.ok();
    assert_eq!(found["screenings"], json!([]));
    assert_eq!(owner.order(order.order_id).await, order, "nothing happened to the order");
    audit::log(&cluster, &[&owner.token, &stranger.token, &order.tickets[0].code]);
}

#[tokio::test]
async fn staff_may_do_what_is_theirs_and_no_more() {
    let cluster = TestCluster::start(crate::MODE).await;
    let (here, there) = (ScreeningPlan::rows(1, 4), ScreeningPlan::rows(1, 4));
    let (here, there) = (cluster.screening(&here).await, cluster.screening(&there).await);
    let admin = cluster.admin().await;
    let customer = cluster.customer().await;
    let with_role = async |role: &str| -> Person {
        let person = cluster.customer().await;
        let roles = json!({ "roles": [role], "cinema_ids": [here.cinema_id] });
        let path = format!("/v1/users/{}/roles", person.user_id);
        let call = admin.request("PUT", &path, Some(&roles));
        let _: Value = cluster.client().send(call).await.ok();
        Person::sign_in(cluster.client(), &person.name, tests::person::PASSWORD).await
    };
    let (staff, manager) = (with_role("STAFF").await, with_role("MANAGER").await);
    // At the counter: for somebody else, and on their order.
    let body = json!({ "film_sid": here.film_sid, "seats": ["A1"], "user_id": customer.user_id });
    let order: tests::view::Order = staff.post("/v1/orders", &body).await.ok();
    assert_eq!(order.user_id, customer.user_id);
    staff.pay(order.order_id, "card_ok").await.unwrap();
    assert_eq!(customer.order(order.order_id).await.state, "PAID");
    let refused = staff.post(&format!("/v1/screenings/{}/cancel", here.film_sid), &json!({})).await.refused();
    assert_eq!((refused.status, refused.reason.as_str()), (403, "ROLE_MISSING"));
    // A manager's cinema, and another's.
    let refused =
        manager.post(&format!("/v1/screenings/{}/cancel", there.film_sid), &json!({})).await.refused();
    assert_eq!((refused.status, refused.reason.as_str()), (403, "NOT_YOUR_CINEMA"));
    let done: Value =
        manager.post(&format!("/v1/screenings/{}/cancel", here.film_sid), &json!({})).await.ok();
    assert_eq!(done["cancelled"], true);
    // The last administrator stays one.
    let demoted = json!({ "roles": ["CUSTOMER"] });
    let call = admin.request("PUT", &format!("/v1/users/{}/roles", admin.user_id), Some(&demoted));
    let refused = cluster.client().send(call).await.refused();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "LAST_ADMIN"));
}
