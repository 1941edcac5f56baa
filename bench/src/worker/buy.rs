//! Buys two free seats over gRPC.

use std::sync::Arc;

use contract::order::BuyRequest;
use contract::order::order_service_client::OrderServiceClient;
use tonic::transport::Channel;

use super::{Token, refused, signed};
use crate::load::{CallFailed, Worker};
use crate::system::{Stock, Unpaid, anybody};

/// A buyer at the order service.
pub struct Buy {
    /// The connection.
    pub orders: OrderServiceClient<Channel>,
    /// Who sells.
    pub token: Token,
    /// Seats nobody has.
    pub stock: Arc<Stock>,
    /// What was bought, for somebody to pay.
    pub bought: Vec<Unpaid>,
}

impl Worker for Buy {
    async fn call(&mut self) -> Result<(), CallFailed> {
        let (film_sid, seats) = self.stock.next()?;
        let wish = BuyRequest {
            film_sid,
            seats: seats.map(str::to_owned).into(),
            user_id: anybody(),
            ..BuyRequest::default()
        };
        let answer = self.orders.buy(signed(&self.token, wish)).await.map_err(|status| refused(&status))?;
        let order = answer.into_inner();
        if order.seats.len() != seats.len() || order.order_id <= 0 {
            return Err(CallFailed(format!("not what was bought: {order:?}")));
        }
        self.stock.sold();
        self.bought.push(Unpaid { order_id: order.order_id, token: self.token.clone() });
        Ok(())
    }
}
