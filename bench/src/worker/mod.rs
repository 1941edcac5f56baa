//! Who calls the system: buyers, payers and people who look at seats.

mod buy;
mod buy_http;
mod pay;
mod seat_map;
mod seats_gone;

pub use buy::Buy;
pub use buy_http::{BuyHttp, HttpConnection, JsonBuy};
pub use pay::Pay;
pub use seat_map::SeatMap;
pub use seats_gone::SeatsGone;

use std::net::SocketAddr;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::load::CallFailed;

/// A header with an access token.
pub type Token = MetadataValue<Ascii>;

/// A connection of its own to a gRPC server.
///
/// # Errors
/// Where nobody listens.
pub async fn connect(address: SocketAddr) -> anyhow::Result<Channel> {
    Ok(Endpoint::from_shared(format!("http://{address}"))?.connect().await?)
}

/// A request of somebody who is signed in.
pub fn signed<T>(token: &Token, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", token.clone());
    request
}

fn refused(status: &Status) -> CallFailed {
    let problem = micro::Problem::from_status(status);
    CallFailed(format!("{:?} {problem}", problem.code()))
}
