//! HTTP with JSON: from the request to the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use contract::Access;
use http::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method as Verb, Request, Response};
use micro::{Caller, Problem, deadline};
use tokio::time::Instant;

use super::stream::{self, Format};
use super::{Failure, Origin, State, body, conditional, outgoing, request};
use crate::directory::{Binding, Found, Method, Params};
use crate::transcode;

/// Longest query, bytes.
const MAX_QUERY: usize = 8 * 1024;

/// Answers a request that is neither gRPC nor one for a page.
///
/// # Errors
/// Why not.
pub async fn answer(
    state: &Arc<State>,
    origin: Origin,
    request: Request<Body>,
) -> Result<Response<Body>, Failure> {
    let (parts, body) = request.into_parts();
    let verb = if parts.method == Verb::HEAD { &Verb::GET } else { &parts.method };
    match state.directory.find(verb, parts.uri.path()).await? {
        Found::Method(binding, params) => call(state, origin, &binding, &params, &parts, body).await,
        Found::OtherMethods(allowed) => {
            body::drain(&parts.headers, body).await;
            other_method(&parts.method, allowed)
        }
        Found::Nothing => {
            body::drain(&parts.headers, body).await;
            Err(Failure::path_unknown())
        }
    }
}

/// What a path answers to a method it does not have: `OPTIONS` asks which it has.
fn other_method(method: &Verb, mut allowed: Vec<Verb>) -> Result<Response<Body>, Failure> {
    if allowed.contains(&Verb::GET) {
        allowed.push(Verb::HEAD);
    }
    allowed.push(Verb::OPTIONS);
    let failure = Failure::method_not_allowed(&allowed);
    if method == Verb::OPTIONS { Ok(failure.into_options()) } else { Err(failure) }
}

async fn call(
    state: &Arc<State>,
    origin: Origin,
    binding: &Binding,
    params: &Params,
    parts: &Parts,
    body: Body,
) -> Result<Response<Body>, Failure> {
    let method = &binding.method;
    if method.client_streaming {
        let message = "this method takes a stream of messages, which only gRPC can send";
        return Err(Problem::new(tonic::Code::Unimplemented, "STREAM_NEEDS_GRPC", message).into());
    }
    if parts.uri.query().is_some_and(|query| query.len() > MAX_QUERY) {
        return Err(query_too_long());
    }
    let patience = Duration::from_millis(state.config.request_timeout_ms);
    let asked = deadline::time_left(&parts.headers);
    let until = Instant::now() + asked.map_or(patience, |asked| asked.min(patience));
    let message = within(until, message(state, binding, params, parts, body)).await?;
    if method.streaming {
        let until = asked.and_then(|asked| Instant::now().checked_add(asked));
        let frames = outgoing::call(method, message, &parts.headers, origin, until).await?;
        return Ok(stream::response(state, method, frames, format(parts), origin));
    }
    let answer = async {
        let frames = outgoing::call(method, message, &parts.headers, origin, Some(until)).await?;
        frames.only().await.map_err(|status| Failure::from_status(&status))
    };
    let answer = within(until, answer).await?;
    respond(method, parts, &answer)
}

async fn within<T>(until: Instant, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    // A timer may be a little late; work whose time is over is not begun.
    if Instant::now() >= until {
        return Err(Failure::deadline());
    }
    tokio::time::timeout_at(until, work).await.unwrap_or_else(|_| Err(Failure::deadline()))
}

async fn message(
    state: &State,
    binding: &Binding,
    params: &Params,
    parts: &Parts,
    body: Body,
) -> Result<Bytes, Failure> {
    if binding.body == crate::directory::Body::None {
        return request::message(binding, params, parts, &[]);
    }
    let checked = if request::is_raw(binding) {
        body::must_be_plain(&parts.headers)
    } else {
        body::must_be_json(&parts.headers)
    };
    let usual = state.config.max_body_bytes;
    let limit = binding.method.max_request(usual);
    let checked = match checked {
        Ok(()) if limit > usual => may_send_much(state, &binding.method, parts).await,
        checked => checked,
    };
    if let Err(failure) = checked {
        body::drain(&parts.headers, body).await;
        return Err(failure);
    }
    let body = body::read(&parts.headers, body, limit).await?;
    request::message(binding, params, parts, &body)
}

/// Only from those who may call the method is a large body read into memory.
///
/// The service checks again; this only keeps strangers from filling the memory.
async fn may_send_much(state: &State, method: &Method, parts: &Parts) -> Result<(), Failure> {
    if method.is_public() {
        return Ok(());
    }
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|text| text.strip_prefix("Bearer ")).ok_or_else(|| {
        Problem::unauthenticated(
            "TOKEN_MISSING",
            "sign in first: this needs `authorization: Bearer <access token>`",
        )
    })?;
    let caller = state.verifier.verify(token).await?;
    if may_call(method, &caller) {
        Ok(())
    } else {
        Err(Problem::denied("ROLE_MISSING", "this account may not do that").into())
    }
}

fn may_call(method: &Method, caller: &Caller) -> bool {
    match method.contract.map(|method| method.access) {
        Some(Access::Staff) => caller.is_staff(),
        Some(Access::Manager) => caller.is_manager(),
        Some(Access::Admin) => caller.is_admin(),
        _ => true,
    }
}

fn respond(method: &Method, parts: &Parts, answer: &[u8]) -> Result<Response<Body>, Failure> {
    let not_valid = |_| Failure::internal("an answer that is not what the contract says");
    let (content_type, body) = if method.shapes.get(method.output).http_body {
        let (content_type, data) = transcode::take_http_body(answer).map_err(not_valid)?;
        let content_type = HeaderValue::from_str(content_type);
        let fallback = HeaderValue::from_static("application/octet-stream");
        (content_type.unwrap_or(fallback), Bytes::copy_from_slice(data))
    } else {
        let mut json = Vec::with_capacity(answer.len() * 3 + 64);
        transcode::write(&method.shapes, method.output, answer, &mut json).map_err(not_valid)?;
        (HeaderValue::from_static("application/json"), json.into())
    };
    let read = matches!(parts.method, Verb::GET | Verb::HEAD);
    let cache = if read && !parts.headers.contains_key(AUTHORIZATION) { "no-cache" } else { "no-store" };
    let mut response =
        if read { conditional::response(&parts.headers, body) } else { Response::new(Body::from(body)) };
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(response)
}

fn format(parts: &Parts) -> Format {
    let accepts = parts.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let events = accepts.flat_map(|value| value.split(',')).any(|item| {
        let essence = item.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("text/event-stream")
    });
    if events { Format::Events } else { Format::Lines }
}

fn query_too_long() -> Failure {
    let problem = Problem::invalid("QUERY_TOO_LONG", format!("the query is over {MAX_QUERY} bytes"));
    Failure::new(http::StatusCode::URI_TOO_LONG, problem)
}
