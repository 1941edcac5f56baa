//! The end of a request that is refused before all of it has come.

use std::time::Duration;

use axum::body::Body;
use http::HeaderMap;
use http::header::EXPECT;
use http_body_util::{BodyExt, Limited};

/// Of a body that is refused this much is still taken off the line, so that a
/// client that is sending gets to read the answer.
const DRAINED_BYTES: usize = 64 * 1024 * 1024;
/// And for this long at most.
const DRAINED_FOR: Duration = Duration::from_secs(2);

/// Takes off the line what a client is still sending, unless it waits to be asked for it.
pub async fn drain(headers: &HeaderMap, body: Body) {
    if headers.contains_key(EXPECT) {
        return;
    }
    let mut body = Limited::new(body, DRAINED_BYTES);
    let all = async { while let Some(Ok(_)) = body.frame().await {} };
    // A client that sends for longer loses the connection, and the answer with it.
    let _ = tokio::time::timeout(DRAINED_FOR, all).await;
}
