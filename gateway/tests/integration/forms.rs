//! Calling by JSON: every form, and what is refused.

use crate::common::{PASSWORD, bearer, start};
use http::Method;
use serde_json::json;

#[tokio::test]
async fn all_forms_of_a_call_are_equal() {
    let running = start().await;
    running.register("annlee").await;
    let body = json!({"login": "annlee", "password": PASSWORD});
    for path in ["/user/UserService/Login", "/user/Login", "/user/user.UserService/Login", "/v1/sessions"] {
        let answer = running.post(path, &body).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.json()["profile"]["user_name"], "annlee");
    }
}

#[tokio::test]
async fn answers_name_every_field_as_the_contract_does() {
    let running = start().await;
    let session = running.register("annlee").await;
    insta::assert_json_snapshot!(session, {
        ".access_token" => "[token]",
        ".refresh_token" => "[token]",
        ".profile.user_id" => "[id]",
    });
}

#[tokio::test]
async fn rest_paths_take_parts_of_the_path_the_query_and_the_body() {
    let running = start().await;
    let session = running.register("annlee").await;
    let request = |method, path: &str| {
        running
            .request(method, path)
            .header("authorization", bearer(&session))
            .header("content-type", "application/json")
    };
    let me = running.send(request(Method::GET, "/v1/me"), "").await;
    assert_eq!((me.status.as_u16(), &me.json()["user_name"]), (200, &json!("annlee")));
    let patched = running.send(request(Method::PATCH, "/v1/me"), r#"{"displayName": "Ann Lee"}"#).await;
    assert_eq!(patched.json()["display_name"], "Ann Lee");
    let listed = running.send(request(Method::GET, "/v1/users?query=a&page_size=10"), "").await;
    assert_eq!((listed.status.as_u16(), listed.reason().as_str()), (403, "ROLE_MISSING"));
    let roles = |path: &str, body: &'static str| running.send(request(Method::PUT, path), body);
    assert_eq!(roles("/v1/users/1/roles", r#"{"roles": ["ADMIN"]}"#).await.reason(), "ROLE_MISSING");
    assert_eq!(roles("/v1/users/1/roles", r#"{"user_id": 1}"#).await.reason(), "ROLE_MISSING");
    let other = roles("/v1/users/1/roles", r#"{"user_id": 2}"#).await;
    assert_eq!(
        (other.reason().as_str(), &other.json()["metadata"]["field"]),
        ("FIELD_INVALID", &json!("user_id"))
    );
    assert_eq!(roles("/v1/users/x/roles", "{}").await.reason(), "FIELD_INVALID");
    assert_eq!(roles("/v1/users/%FF/roles", "{}").await.reason(), "PATH_INVALID");
}

#[tokio::test]
async fn an_empty_body_is_an_empty_message() {
    let running = start().await;
    for body in ["", "{}", " \n"] {
        assert_eq!(running.post_text("/user/GetKeys", body).await.status, 200, "{body:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_content_is_said() {
    let running = start().await;
    let cases = [
        ("/user/Login", r#"{"login": "a", "pasword": "b"}"#, 400, "FIELD_UNKNOWN", "pasword"),
        ("/user/Login", r#"{"login": 5}"#, 400, "FIELD_INVALID", "login"),
        ("/user/Login", r#"{"login": "a"}"#, 400, "FIELD_INVALID", "password"),
        (
            "/user/Logout",
            r#"{"refresh_token": "x", "everywhere": "yes"}"#,
            400,
            "FIELD_INVALID",
            "everywhere",
        ),
        ("/user/Login", r#"{"login": "#, 400, "JSON_INVALID", ""),
        ("/user/Login", "[]", 400, "JSON_INVALID", ""),
        ("/user/Login?x=1", "{}", 400, "FIELD_UNKNOWN", "x"),
        ("/user/Login?login=1", "{}", 400, "FIELD_INVALID", "login"),
    ];
    for (path, body, status, reason, field) in cases {
        let answer = running.post_text(path, body).await;
        assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (status, reason), "{body}");
        assert_eq!(answer.json()["metadata"]["field"].as_str().unwrap_or_default(), field, "{body}");
    }
    for (path, reason) in [
        ("/v1/users?page_size=x", "FIELD_INVALID"),
        ("/v1/users?page=1", "FIELD_UNKNOWN"),
        ("/v1/users?page_size=1&page_size=2", "FIELD_INVALID"),
    ] {
        assert_eq!(running.get(path).await.reason(), reason, "{path}");
    }
    let long = format!("/v1/users?query={}", "a".repeat(9_000));
    let answer = running.get(&long).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (414, "QUERY_TOO_LONG"));
}

#[tokio::test]
async fn errors_are_problems() {
    let running = start().await;
    let wrong = running.post("/v1/sessions", &json!({"login": "nobody", "password": "x"})).await;
    assert_eq!(wrong.status, 401);
    assert_eq!(wrong.header("www-authenticate"), "Bearer");
    assert_eq!(wrong.header("cache-control"), "");
    assert_eq!(wrong.json()["trace_id"], wrong.header("x-trace-id"));
    insta::assert_json_snapshot!("credentials_wrong", wrong.json(), { ".trace_id" => "[trace]" });
    let unknown = running.post_text("/user/Login", r#"{"pasword": "b"}"#).await;
    insta::assert_json_snapshot!("field_unknown", unknown.json(), { ".trace_id" => "[trace]" });
    let path = running.get("/v1/nothing").await;
    insta::assert_json_snapshot!("path_unknown", path.json(), { ".trace_id" => "[trace]" });
    running.register("annlee").await;
    let again = running.post("/v1/users", &json!({"user_name": "annlee", "password": PASSWORD})).await;
    assert_eq!((again.status.as_u16(), again.reason().as_str()), (409, "USER_NAME_TAKEN"));
    assert_eq!(running.get("/v1/me").await.reason(), "TOKEN_MISSING");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_unavailable() {
    let running = start().await;
    let answer = running.get("/v1/films").await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (503, "SERVICE_UNAVAILABLE"));
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_told_apart() {
    let running = start().await;
    let body = json!({});
    for path in [
        "/nothing",
        "/user/Steal",
        "/user/UserService/Steal",
        "/v1/films/1/x",
        "/user",
        "//",
        "/film/FilmInternal/GetSalesFacts",
    ] {
        let answer = running.post(path, &body).await;
        assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (404, "PATH_UNKNOWN"), "{path}");
    }
    for (method, path, allow) in [
        (Method::GET, "/user/Login", "POST, OPTIONS"),
        (Method::DELETE, "/v1/sessions", "POST, OPTIONS"),
        (Method::POST, "/v1/me", "GET, PATCH, HEAD, OPTIONS"),
        (Method::POST, "/healthz", "GET, HEAD, OPTIONS"),
    ] {
        let answer = running.send(running.request(method, path), "").await;
        assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (405, "METHOD_NOT_ALLOWED"), "{path}");
        assert_eq!(answer.header("allow"), allow);
    }
    let options = running.send(running.request(Method::OPTIONS, "/v1/me"), "").await;
    assert_eq!((options.status.as_u16(), options.header("allow")), (204, "GET, PATCH, HEAD, OPTIONS"));
}

#[tokio::test]
async fn a_client_cannot_pass_for_a_service_nor_for_another_address() {
    let running = start().await;
    let token = running.kit.service_tokens.header().unwrap();
    let request = running
        .request(Method::GET, "/v1/users")
        .header("x-marquee-service", token)
        .header("x-marquee-client", "203.0.113.9");
    let answer = running.send(request, "").await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (401, "TOKEN_MISSING"));
}

#[tokio::test]
async fn the_trace_of_the_caller_goes_on() {
    let running = start().await;
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let answer = running.send(running.request(Method::GET, "/v1/me").header("traceparent", parent), "").await;
    assert_eq!(answer.header("x-trace-id"), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(answer.json()["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    let other = running.get("/v1/me").await;
    assert_eq!(other.header("x-trace-id").len(), 32);
}

#[tokio::test]
async fn time_that_is_over_is_said() {
    let running = start().await;
    let request = running
        .request(Method::POST, "/user/Login")
        .header("content-type", "application/json")
        .header("grpc-timeout", "1n");
    let answer = running.send(request, r#"{"login": "a", "password": "b"}"#).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (504, "DEADLINE_EXCEEDED"));
}
