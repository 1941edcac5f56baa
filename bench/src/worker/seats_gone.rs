//! Wants seats that are gone.

use std::sync::Arc;

use contract::order::BuyRequest;
use contract::order::order_service_client::OrderServiceClient;
use tonic::Code;
use tonic::transport::Channel;

use super::{Token, refused, signed};
use crate::load::{CallFailed, Worker};
use crate::system::SoldOut;

/// A buyer who comes too late.
pub struct SeatsGone {
    /// The connection.
    pub orders: OrderServiceClient<Channel>,
    /// Who buys.
    pub token: Token,
    /// A screening without a free seat.
    pub sold_out: Arc<SoldOut>,
    /// The pair that is wanted next.
    pub at: usize,
}

impl Worker for SeatsGone {
    async fn call(&mut self) -> Result<(), CallFailed> {
        let (film_sid, seats) = self.sold_out.pair(self.at);
        self.at += 1;
        let wish = BuyRequest { film_sid, seats: seats.map(str::to_owned).into(), ..BuyRequest::default() };
        match self.orders.buy(signed(&self.token, wish)).await {
            // No other refusal of Buy has this code.
            Err(status) if status.code() == Code::Aborted => Ok(()),
            Err(status) => Err(refused(&status)),
            Ok(order) => Err(CallFailed(format!("a seat was sold twice: {:?}", order.into_inner()))),
        }
    }
}
