//! The seats of a screening as they change, for the module of its page.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use bytes::Bytes;
use contract::film::{HallChange, WatchHallRequest};
use futures_util::StreamExt;
use futures_util::stream::{once, unfold};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};
use serde_json::{Value, json};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::State;
use crate::problem::Refused;
use crate::visitor::Visitor;

use super::{drawing, number};

/// A comment is sent so often, so that nothing on the way takes a quiet stream for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A stream ends after so long, and the browser opens the next: what is forgotten somewhere on
/// the way is forgotten for no longer.
const LONGEST: Duration = Duration::from_secs(10 * 60);
/// After how long a browser opens the next, milliseconds; each a little later or earlier, so
/// that not all come back at once.
const COME_BACK_MS: std::ops::Range<u32> = 500..2_500;

/// The changes, a snapshot first. It ends when the gateway stops.
pub async fn watch(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_sid): Path<String>,
) -> Result<Response<Body>, Refused> {
    let request = visitor.watch(WatchHallRequest { film_sid: number(&film_sid)? });
    let changes = state.services.films().watch_hall(request).await?.into_inner();
    let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let feed = Feed { changes, heartbeat, closing: state.closing.clone(), ends_at: Instant::now() + LONGEST };
    let pieces = unfold(feed, |mut feed| async move { Some((feed.next().await?, feed)) });
    let come_back = format!("retry: {}\n\n", rand::random_range(COME_BACK_MS));
    let pieces = once(ready(Bytes::from(come_back))).chain(pieces).map(Ok::<_, Infallible>);
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // For proxies such as nginx, which would otherwise collect before sending.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

struct Feed {
    changes: tonic::Streaming<HallChange>,
    heartbeat: Interval,
    closing: CancellationToken,
    ends_at: Instant,
}

impl Feed {
    /// What is sent next; nothing at the end.
    async fn next(&mut self) -> Option<Bytes> {
        tokio::select! {
            () = self.closing.cancelled() => None,
            () = sleep_until(self.ends_at) => None,
            change = self.changes.next() => {
                self.heartbeat.reset();
                // Where the service's stream ends or fails, the browser comes back for another.
                Some(event(&change?.ok()?))
            }
            _ = self.heartbeat.tick() => Some(Bytes::from_static(b":\n\n")),
        }
    }
}

fn event(change: &HallChange) -> Bytes {
    let seats: serde_json::Map<String, Value> = change
        .seats
        .iter()
        .map(|seat| (seat.seat.clone(), drawing::state_name(seat.state()).into()))
        .collect();
    let data = json!({ "snapshot": change.snapshot, "seats": seats });
    format!("id: {}\ndata: {data}\n\n", change.sequence).into()
}
