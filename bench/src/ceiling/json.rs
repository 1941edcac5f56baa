//! A bare HTTP server that reads JSON and writes it back.

use axum::Router;
use axum::routing::post;
use axum::serve::ListenerExt;
use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::load::{CallFailed, Worker};
use crate::worker::{HttpConnection, JsonBuy};

/// What a purchase says, so that both JSON measures carry the same.
#[derive(Deserialize, Serialize)]
struct Wish {
    film_sid: i64,
    seats: Vec<String>,
    user_id: i64,
}

async fn echo(body: Bytes) -> Result<([(HeaderName, &'static str); 1], Vec<u8>), StatusCode> {
    let wish: Wish = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let text = serde_json::to_vec(&wish).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(CONTENT_TYPE, "application/json")], text))
}

/// Serves until the runtime ends.
pub(super) async fn serve(listener: TcpListener) {
    let listener = listener.tap_io(|stream| {
        // Without it the ceiling would only be lower.
        let _ = stream.set_nodelay(true);
    });
    if let Err(error) = axum::serve(listener, Router::new().route("/echo", post(echo))).await {
        eprintln!("bench: the bare HTTP server ended: {error}");
    }
}

/// Sends a purchase to be echoed.
pub struct JsonEcho(pub HttpConnection);

impl Worker for JsonEcho {
    async fn call(&mut self) -> Result<(), CallFailed> {
        let wish = JsonBuy { film_sid: 1_234, seats: ["A1", "A2"], user_id: 1_000_000 };
        let answer = self.0.post("/echo", None, &wish).await?;
        let echoed: Wish = serde_json::from_slice(&answer).map_err(|error| CallFailed(error.to_string()))?;
        if echoed.seats == wish.seats { Ok(()) } else { Err(CallFailed("the echo was wrong".to_owned())) }
    }
}
