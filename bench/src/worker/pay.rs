//! Pays orders over gRPC.

use std::sync::Arc;

use contract::order::order_service_client::OrderServiceClient;
use contract::order::{PayRequest, payment};
use tonic::transport::Channel;

use super::{refused, signed};
use crate::load::{CallFailed, Worker};
use crate::system::Unpaids;

/// Somebody who pays what was bought.
pub struct Pay {
    /// The connection.
    pub orders: OrderServiceClient<Channel>,
    /// What is to be paid.
    pub unpaid: Arc<Unpaids>,
}

impl Worker for Pay {
    async fn call(&mut self) -> Result<(), CallFailed> {
        let order = self.unpaid.take()?;
        let wish = PayRequest { order_id: order.order_id, payment_method: "card_ok".to_owned() };
        let answer = self.orders.pay(signed(&order.token, wish)).await.map_err(|status| refused(&status))?;
        let payment = answer.into_inner().payment;
        if payment.as_ref().is_none_or(|payment| payment.state() != payment::State::Succeeded) {
            return Err(CallFailed(format!("not paid: {payment:?}")));
        }
        self.unpaid.paid();
        Ok(())
    }
}
