//! Buys two free seats as JSON over HTTP/1.1.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;

use crate::load::{CallFailed, Worker};
use crate::system::{Stock, anybody};

/// A connection that is kept; one call at a time, as HTTP/1.1 has it.
pub struct HttpConnection {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

/// A purchase as JSON.
#[derive(Serialize)]
pub struct JsonBuy<'a> {
    /// The screening.
    pub film_sid: i64,
    /// The seats.
    pub seats: [&'a str; 2],
    /// The buyer.
    pub user_id: i64,
}

impl HttpConnection {
    /// Connects.
    ///
    /// # Errors
    /// Where nobody listens.
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // Who waits for an answer is told by `send_request`.
            let _ = connection.await;
        });
        Ok(Self { sender, host: HeaderValue::from_str(&address.to_string())? })
    }

    /// Posts JSON and gives back the body of a good answer.
    ///
    /// # Errors
    /// Any other answer.
    pub async fn post<T: Serialize>(
        &mut self,
        path: &'static str,
        token: Option<&HeaderValue>,
        body: &T,
    ) -> Result<Bytes, CallFailed> {
        let failed = |error: &dyn std::fmt::Display| CallFailed(error.to_string());
        let body = serde_json::to_vec(body).map_err(|error| failed(&error))?;
        let mut request = Request::new(Full::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = http::Uri::from_static(path);
        request.headers_mut().insert(HOST, self.host.clone());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            request.headers_mut().insert(AUTHORIZATION, token.clone());
        }
        let answer = self.sender.send_request(request).await.map_err(|error| failed(&error))?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|error| failed(&error))?.to_bytes();
        if status == StatusCode::OK {
            return Ok(body);
        }
        Err(CallFailed(format!("{status}: {}", String::from_utf8_lossy(&body))))
    }
}

/// A buyer at the gateway.
pub struct BuyHttp {
    /// The connection.
    pub connection: HttpConnection,
    /// Who sells: the value of `authorization`.
    pub token: HeaderValue,
    /// Seats nobody has.
    pub stock: Arc<Stock>,
}

#[derive(Deserialize)]
struct Order {
    order_id: i64,
    seats: Vec<Seat>,
}

#[derive(Deserialize)]
struct Seat {
    seat: String,
}

impl Worker for BuyHttp {
    async fn call(&mut self) -> Result<(), CallFailed> {
        let (film_sid, seats) = self.stock.next()?;
        let wish = JsonBuy { film_sid, seats, user_id: anybody() };
        let answer = self.connection.post("/order/OrderService/Buy", Some(&self.token), &wish).await?;
        let order: Order = serde_json::from_slice(&answer)
            .map_err(|error| CallFailed(format!("{error}: {}", String::from_utf8_lossy(&answer))))?;
        if order.order_id <= 0 || !order.seats.iter().map(|seat| &*seat.seat).eq(seats) {
            return Err(CallFailed("not what was bought".to_owned()));
        }
        self.stock.sold();
        Ok(())
    }
}
