//! Requests that another site made a visitor's browser send.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method, Uri};

/// Whether a request may have been sent by another site's page: one that changes something
/// and does not come from here.
///
/// Browsers say where a request comes from in `Sec-Fetch-Site`; those that do not, or on an
/// address that is not encrypted, in `Origin`. What says neither is no browser and sends no
/// cookies unasked. (The rule of Go's `net/http.CrossOriginProtection`, after Filippo
/// Valsorda, "Cross-Site Request Forgery", 2025.)
pub fn is_forged(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return false;
    }
    if let Some(site) = headers.get("sec-fetch-site") {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(http::uri::Authority::as_str));
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    origin.is_none() || origin != host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forged(method: &Method, lines: &[(&'static str, &str)]) -> bool {
        let headers = lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        is_forged(method, &Uri::from_static("/orders/1/pay"), &headers.collect())
    }

    #[test]
    fn only_what_changes_something_can_be_forged() {
        assert!(!forged(&Method::GET, &[("sec-fetch-site", "cross-site")]));
        assert!(forged(&Method::POST, &[("sec-fetch-site", "cross-site")]));
        assert!(forged(&Method::POST, &[("sec-fetch-site", "same-site")]));
        assert!(!forged(&Method::POST, &[("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn without_the_browsers_word_the_origin_must_be_the_host() {
        let here = ("host", "tickets.example:8080");
        assert!(!forged(&Method::POST, &[here, ("origin", "http://tickets.example:8080")]));
        assert!(forged(&Method::POST, &[here, ("origin", "http://evil.example")]));
        assert!(forged(&Method::POST, &[here, ("origin", "null")]));
        assert!(!forged(&Method::POST, &[here]));
    }
}
