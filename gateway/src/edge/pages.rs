//! What the gateway serves by itself: a start page, documents, and whether it is well.

use axum::body::Body;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use prost_reflect::DescriptorPool;
use serde_json::json;

use super::{Failure, State, conditional};
use crate::openapi;

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
/// Pages load only what the gateway serves, and are shown in no other page.
const PAGE_POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const HOME: &str = include_str!("../../assets/home.html");

/// Documents that do not change while the process runs.
pub struct Pages {
    openapi: Page,
    home: Page,
    docs: Page,
}

struct Page {
    content_type: &'static str,
    content: Bytes,
    tag: String,
}

impl Page {
    fn new(content_type: &'static str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        Self { content_type, tag: conditional::tag(&content), content }
    }

    fn response(&self, request: &HeaderMap) -> Response<Body> {
        let mut response = conditional::tagged(request, &self.tag, self.content.clone());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        response
    }
}

impl Pages {
    /// Writes the documents.
    #[must_use]
    pub fn new(pool: &DescriptorPool, public_url: Option<&str>) -> Self {
        let document = openapi::document(pool, public_url);
        Self {
            openapi: Page::new(JSON, serde_json::to_vec(&document).unwrap_or_default()),
            home: Page::new(HTML, HOME),
            docs: Page::new(HTML, openapi::docs_page()),
        }
    }
}

/// The page of a path, if it is one.
///
/// # Errors
/// An HTTP method that pages do not take.
pub async fn answer(
    state: &State,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Result<Option<Response<Body>>, Failure> {
    let page = match path {
        "/" if state.site.is_none() => state.pages.home.response(headers),
        "/openapi.json" => state.pages.openapi.response(headers),
        "/docs" | "/docs/" => state.pages.docs.response(headers),
        "/healthz" => health(StatusCode::OK, &json!({ "status": "ok" })),
        "/readyz" => ready(state).await,
        // What the `type` of an error names; the reference explains them all.
        path if path.starts_with("/problems/") => see_docs(),
        path => match path.strip_prefix("/docs/").and_then(openapi::asset) {
            Some((content_type, content)) => Page::new(content_type, content).response(headers),
            None => return Ok(None),
        },
    };
    match *method {
        Method::GET | Method::HEAD => Ok(Some(page)),
        _ => Err(Failure::method_not_allowed(&[Method::GET, Method::HEAD, Method::OPTIONS])),
    }
}

fn see_docs() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("/docs"));
    response
}

async fn ready(state: &State) -> Response<Body> {
    let services = state.readiness.all().await;
    // A load balancer sends the next request elsewhere while this one still takes it.
    let ready = !state.closing.is_cancelled() && services.iter().all(|(_, serving)| *serving);
    let named =
        services.into_iter().map(|(name, serving)| (name, if serving { "ok" } else { "unavailable" }));
    let named: serde_json::Map<_, _> = named.map(|(name, status)| (name, status.into())).collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    health(status, &json!({ "status": if ready { "ok" } else { "unavailable" }, "services": named }))
}

fn health(status: StatusCode, body: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
