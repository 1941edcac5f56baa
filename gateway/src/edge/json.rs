//! HTTP with JSON: from the request to the answer.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method as Verb, Request, Response};
use micro::{Problem, deadline};
use tokio::time::Instant;

use super::stream::{self, Format};
use super::{Failure, Origin, Route, Seen, State, admission, body, conditional, outgoing, request};
use crate::directory::{Binding, Found, Method, Params};
use crate::limits::Held;
use crate::transcode;

/// The field of an answer that says when it was looked up.
const LOOKED_UP: &str = "as_of";
/// Longest query, bytes.
const MAX_QUERY: usize = 8 * 1024;

/// Answers a request that is neither gRPC nor one for a page.
///
/// # Errors
/// Why not.
pub async fn answer(
    state: &Arc<State>,
    seen: &Seen,
    request: Request<Body>,
) -> Result<Response<Body>, Failure> {
    let (parts, body) = request.into_parts();
    let asked;
    let found = match &seen.route {
        Route::Json(Found::Elsewhere(service, form)) => {
            asked = state.directory.ask(&parts.method, service, form).await?;
            &asked
        }
        Route::Json(found) => found,
        _ => &Found::Nothing,
    };
    match found {
        Found::Method(binding, params) => call(state, seen.origin, binding, params, &parts, body).await,
        Found::OtherMethods(allowed) => {
            micro::drain(&parts.headers, body).await;
            other_method(&parts.method, allowed.clone())
        }
        Found::Elsewhere(..) | Found::Nothing => {
            micro::drain(&parts.headers, body).await;
            Err(Failure::path_unknown())
        }
    }
}

/// What a path answers to a method it does not have: `OPTIONS` asks which it has.
pub fn other_method(method: &Verb, mut allowed: Vec<Verb>) -> Result<Response<Body>, Failure> {
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
    let mut held = state.memory.hold();
    let message = message(state, origin, (binding, params), parts, body, &mut held);
    let message = within(until, message, Failure::request_timeout).await?;
    if method.streaming {
        let until = asked.and_then(|asked| Instant::now().checked_add(asked));
        let frames = outgoing::call(method, message, &parts.headers, origin, until).await?;
        return Ok(stream::response(state, method, frames, format(parts), origin));
    }
    let answer = async {
        let frames = outgoing::call(method, message, &parts.headers, origin, Some(until)).await?;
        frames.only().await.map_err(|status| Failure::from_status(&status))
    };
    let answer = within(until, answer, Failure::deadline).await?;
    respond(method, parts, &answer)
}

async fn within<T>(
    until: Instant,
    work: impl Future<Output = Result<T, Failure>>,
    late: fn() -> Failure,
) -> Result<T, Failure> {
    // A timer may be a little late; work whose time is over is not begun.
    if Instant::now() >= until {
        return Err(Failure::deadline());
    }
    tokio::time::timeout_at(until, work).await.unwrap_or_else(|_| Err(late()))
}

async fn message(
    state: &State,
    origin: Origin,
    (binding, params): (&Binding, &Params),
    parts: &Parts,
    body: Body,
    held: &mut Held,
) -> Result<Bytes, Failure> {
    if binding.body == crate::directory::Body::None {
        return request::message(binding, params, parts, &[]);
    }
    let checked = if request::is_raw(binding) {
        body::must_be_plain(&parts.headers)
    } else {
        body::must_be_json(&parts.headers)
    };
    let limit = match checked {
        Ok(()) => limit(state, origin, &binding.method, parts).await,
        Err(failure) => Err(failure),
    };
    let limit = match limit {
        Ok(limit) => limit,
        Err(failure) => {
            micro::drain(&parts.headers, body).await;
            return Err(failure);
        }
    };
    let body = body::read(&parts.headers, body, limit, held).await?;
    request::message(binding, params, parts, &body)
}

/// Most bytes of the body: who sends little need not be known.
async fn limit(state: &State, origin: Origin, method: &Method, parts: &Parts) -> Result<usize, Failure> {
    let strangers = admission::strangers(state);
    if body::announced(&parts.headers).is_some_and(|length| length <= strangers) {
        return Ok(strangers);
    }
    Ok(admission::most(state, method, &parts.headers, origin).await?)
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
    let mut response = if read {
        conditional::tagged(&parts.headers, &entity_tag(method, &body), body)
    } else {
        Response::new(Body::from(body))
    };
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(response)
}

/// The entity tag of an answer, without when it was looked up: nothing else changed is nothing changed.
fn entity_tag(method: &Method, json: &[u8]) -> String {
    let dated = method.shapes.get(method.output).field(LOOKED_UP).is_some();
    match dated.then(|| looked_up(json)).flatten() {
        Some(at) => conditional::tag_of([&json[..at.start], &json[at.end..]]),
        None => conditional::tag(json),
    }
}

/// Where an answer says when it was looked up. Texts have no bare quotes, so only a key looks like it.
fn looked_up(json: &[u8]) -> Option<Range<usize>> {
    let key = format!("\"{LOOKED_UP}\":");
    let start = json.windows(key.len()).rposition(|window| window == key.as_bytes())?;
    let length = json[start..].iter().position(|byte| matches!(byte, b',' | b'}'))?;
    Some(start..start + length)
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
