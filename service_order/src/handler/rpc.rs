//! The contract's methods, each handed to its story.

use std::pin::Pin;

use contract::order::order_internal_server::OrderInternal;
use contract::order::order_service_server::OrderService;
use contract::order::*;
use futures_util::Stream;
use micro::{accept, seen};
use tonic::{Request, Response, Status};

use super::Orders;

#[tonic::async_trait]
impl OrderService for Orders {
    async fn buy(&self, request: Request<BuyRequest>) -> Result<Response<Order>, Status> {
        let (context, wish) = accept(request)?;
        let order = Orders::buy(self, &context, wish).await?;
        seen::order(order.order_id);
        Ok(Response::new(order))
    }

    async fn pay(&self, request: Request<PayRequest>) -> Result<Response<PayResponse>, Status> {
        let (context, wish) = accept(request)?;
        seen::order(wish.order_id);
        Ok(Response::new(Orders::pay(self, &context, wish).await?))
    }

    async fn refund(&self, request: Request<RefundRequest>) -> Result<Response<RefundResponse>, Status> {
        let (context, wish) = accept(request)?;
        seen::order(wish.order_id);
        Ok(Response::new(Orders::refund(self, &context, wish).await?))
    }

    async fn check_ticket(
        &self,
        request: Request<CheckTicketRequest>,
    ) -> Result<Response<CheckTicketResponse>, Status> {
        let (context, wish) = accept(request)?;
        Ok(Response::new(Orders::check_ticket(self, &context, wish).await?))
    }

    async fn find_orders(
        &self,
        request: Request<FindOrdersRequest>,
    ) -> Result<Response<FindOrdersResponse>, Status> {
        let (context, wish) = accept(request)?;
        Ok(Response::new(self.find(&context, &wish).await?))
    }

    async fn get_sales_report(
        &self,
        request: Request<GetSalesReportRequest>,
    ) -> Result<Response<SalesReport>, Status> {
        let (context, wish) = accept(request)?;
        Ok(Response::new(self.sales_report(&context, wish).await?))
    }

    async fn get_cancellation(
        &self,
        request: Request<GetCancellationRequest>,
    ) -> Result<Response<Cancellation>, Status> {
        let (context, wish) = accept(request)?;
        Ok(Response::new(self.cancellation(&context, wish.film_sid).await?))
    }

    async fn get_info(&self, request: Request<GetInfoRequest>) -> Result<Response<Order>, Status> {
        let (context, wish) = accept(request)?;
        seen::order(wish.order_id);
        Ok(Response::new(self.info(&context, wish.order_id).await?))
    }

    async fn list_mine(
        &self,
        request: Request<ListMineRequest>,
    ) -> Result<Response<ListMineResponse>, Status> {
        let (context, wish) = accept(request)?;
        Ok(Response::new(self.list(&context, &wish).await?))
    }

    async fn cancel(&self, request: Request<CancelRequest>) -> Result<Response<Order>, Status> {
        let (context, wish) = accept(request)?;
        seen::order(wish.order_id);
        Ok(Response::new(Orders::cancel(self, &context, &wish).await?))
    }

    async fn quote_refund(&self, request: Request<RefundRequest>) -> Result<Response<Refund>, Status> {
        let (context, wish) = accept(request)?;
        seen::order(wish.order_id);
        Ok(Response::new(self.quote(&context, wish).await?))
    }

    async fn get_ticket_keys(
        &self,
        request: Request<GetTicketKeysRequest>,
    ) -> Result<Response<GetTicketKeysResponse>, Status> {
        accept(request)?;
        Ok(Response::new(self.ticket_keys()))
    }

    async fn payment_webhook(
        &self,
        request: Request<PaymentWebhookRequest>,
    ) -> Result<Response<PaymentWebhookResponse>, Status> {
        let signature = request.metadata().get("marquee-signature").and_then(|value| value.to_str().ok());
        let signature = signature.unwrap_or_default().to_owned();
        let (_, wish) = accept(request)?;
        Ok(Response::new(self.webhook(&signature, wish).await?))
    }
}

#[tonic::async_trait]
impl OrderInternal for Orders {
    async fn get_seat_states(
        &self,
        request: Request<GetSeatStatesRequest>,
    ) -> Result<Response<SeatStates>, Status> {
        let (_, wish) = accept(request)?;
        Ok(Response::new(self.seat_states(wish.film_sid).await?))
    }

    type WatchSeatsStream = Pin<Box<dyn Stream<Item = Result<SeatStates, Status>> + Send>>;

    async fn watch_seats(
        &self,
        request: Request<GetSeatStatesRequest>,
    ) -> Result<Response<Self::WatchSeatsStream>, Status> {
        let (_, wish) = accept(request)?;
        Ok(Response::new(Box::pin(self.watch(wish.film_sid).await?)))
    }

    async fn facts_changed(
        &self,
        request: Request<FactsChangedRequest>,
    ) -> Result<Response<FactsChangedResponse>, Status> {
        let (_, wish) = accept(request)?;
        self.facts.changed(wish.film_sid, wish.version);
        Ok(Response::new(FactsChangedResponse {}))
    }

    async fn cancel_screening(
        &self,
        request: Request<CancelScreeningRequest>,
    ) -> Result<Response<CancelScreeningResponse>, Status> {
        let (_, wish) = accept(request)?;
        self.stop_screening(wish.film_sid).await?;
        Ok(Response::new(CancelScreeningResponse {}))
    }
}
