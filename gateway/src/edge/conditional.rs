//! Answers a client need not get again.

use axum::body::Body;
use bytes::Bytes;
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

/// Content with its entity tag, or 304 where the client has it already.
///
/// Tags are weak: they stand for the content, which may be sent compressed.
#[must_use]
pub fn tagged(request: &HeaderMap, tag: &str, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    if has_it(request, tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = Body::from(body);
    }
    if let Ok(value) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(ETAG, value);
    }
    response
}

/// The entity tag of content.
#[must_use]
pub fn tag(content: &[u8]) -> String {
    tag_of([content])
}

/// The entity tag of content in pieces.
#[must_use]
pub fn tag_of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    use std::fmt::Write;
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update(piece);
    }
    let hash = hash.finalize();
    let mut tag = String::from("W/\"");
    for byte in &hash[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

fn has_it(request: &HeaderMap, tag: &str) -> bool {
    let opaque = tag.trim_start_matches("W/");
    let values = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|candidate| {
        let candidate = candidate.trim();
        candidate == "*" || candidate.trim_start_matches("W/") == opaque
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(if_none_match: &str) -> StatusCode {
        let mut headers = HeaderMap::new();
        headers.insert(IF_NONE_MATCH, if_none_match.parse().unwrap());
        tagged(&headers, &tag(b"content"), Bytes::from_static(b"content")).status()
    }

    #[test]
    fn who_has_it_does_not_get_it_again() {
        let tag = tag(b"content");
        assert_eq!(status(&tag), StatusCode::NOT_MODIFIED);
        assert_eq!(status(&format!("\"x\", {tag}")), StatusCode::NOT_MODIFIED);
        assert_eq!(status(tag.trim_start_matches("W/")), StatusCode::NOT_MODIFIED);
        assert_eq!(status("*"), StatusCode::NOT_MODIFIED);
        assert_eq!(status(&super::tag(b"other")), StatusCode::OK);
    }
}
