//! Answers: pages, and where to go next.

use askama::Template;
use axum::body::Body;
use bytes::Bytes;
use futures_util::Stream;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};

/// Pages load only what the gateway serves, run no script that stands in them, send forms
/// nowhere else, and are shown in no other page. A camera is the scanner's.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     connect-src 'self'; font-src 'self'; media-src 'self' blob:; manifest-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// What of a device pages may use: the camera, which is the scanner's.
const DEVICE_POLICY: &str = "camera=(self), microphone=(), geolocation=()";

/// A page.
pub fn page(template: &impl Template) -> Response<Body> {
    page_with(StatusCode::OK, template)
}

/// A page with a status of its own.
pub fn page_with(status: StatusCode, template: &impl Template) -> Response<Body> {
    match template.render() {
        Ok(html) => {
            let mut response = html_page(Body::from(html));
            *response.status_mut() = status;
            response
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            bare(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// A page that is sent as it comes to be. Where a piece fails, the page is broken off.
pub fn page_in_pieces<E: Into<axum::BoxError> + 'static>(
    pieces: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Response<Body> {
    let mut response = html_page(Body::from_stream(pieces));
    // For proxies such as nginx, and the gateway itself, which would otherwise collect before sending.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn html_page(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // A page shows what is now, and to whom it is shown.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    let device = HeaderName::from_static("permissions-policy");
    headers.insert(device, HeaderValue::from_static(DEVICE_POLICY));
    // Forms here must say where they come from; other sites learn nothing.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// No page at all.
pub fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// To another page of the site, which is asked for with GET.
pub fn see_other(place: &str) -> Response<Body> {
    let mut response = bare(StatusCode::SEE_OTHER);
    response
        .headers_mut()
        .insert(LOCATION, within_site(place).parse().unwrap_or(HeaderValue::from_static("/")));
    response
}

/// Adds cookies to an answer.
pub fn with_cookies(
    mut response: Response<Body>,
    cookies: impl IntoIterator<Item = HeaderValue>,
) -> Response<Body> {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// A path of this site; the first page for anything that would lead elsewhere.
pub fn within_site(place: &str) -> &str {
    // Browsers take `//host` and `/\host` for another site's.
    let local = place.starts_with('/') && !place.starts_with("//") && !place.contains('\\');
    if local && place.bytes().all(|byte| byte.is_ascii_graphic()) { place } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::within_site;

    #[test]
    fn nothing_leads_to_another_site() {
        for place in
            ["//evil.example", "https://evil.example", "/\\evil.example", "", "x", "/a\r\nset-cookie: x"]
        {
            assert_eq!(within_site(place), "/", "{place:?}");
        }
        assert_eq!(within_site("/screenings/7?seats=A1%2CA2"), "/screenings/7?seats=A1%2CA2");
    }
}
