//! The hall as people see it, together with the real order service.

use std::time::Duration;

use crate::common::{
    DAY_MS, HOUR_MS, MINUTE_MS, Running, START_MS, Stage, new_price_list, reason, signed, start, start_with,
};
use contract::film::film_service_client::FilmServiceClient;
use contract::film::{
    CancelScreeningRequest, GetHallInfoRequest, HallChange, HallInfo, Screening, SeatState,
    UpdatePriceListRequest, UpdateScreeningRequest, WatchHallRequest,
};
use contract::order::order_service_client::OrderServiceClient;
use contract::order::{BuyRequest, CancelRequest, GetInfoRequest, Order, PayRequest};
use contract::user::Session;
use micro::{Channel, Kit};
use service_film::Config;
use tonic::{Code, Status};

const TOMORROW: i64 = START_MS + DAY_MS;
/// Longest wait for work in the background.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longer than any test.
const NEVER_MS: u64 = 1_000_000;

/// A screening on sale and somebody who buys.
struct Sale {
    running: Running,
    stage: Stage,
    screening: Screening,
    buyer: Session,
    orders: OrderServiceClient<Channel>,
}

async fn sale() -> Sale {
    sale_in(start().await).await
}

async fn sale_in(running: Running) -> Sale {
    running.start_orders().await;
    let stage = running.stage().await;
    let screening = running.screening(&stage, TOMORROW).await;
    let buyer = running.person("annlee", &[], &[]).await;
    let orders = OrderServiceClient::new(running.kit.registry.channel("order"));
    Sale { running, stage, screening, buyer, orders }
}

impl Sale {
    async fn hall(&self) -> HallInfo {
        let request = GetHallInfoRequest { film_sid: self.screening.film_sid };
        self.running.films.clone().get_hall_info(request).await.unwrap().into_inner()
    }

    async fn buy(&self, seats: &[&str]) -> Result<Order, Status> {
        let request = BuyRequest {
            film_sid: self.screening.film_sid,
            seats: seats.iter().map(|seat| (*seat).to_owned()).collect(),
            ..BuyRequest::default()
        };
        Ok(self.orders.clone().buy(signed(&self.buyer, request)).await?.into_inner())
    }

    async fn pay(&self, order_id: i64) {
        let request = PayRequest { order_id, payment_method: "card_ok".to_owned() };
        self.orders.clone().pay(signed(&self.buyer, request)).await.unwrap();
    }

    async fn give_up(&self, order_id: i64) {
        self.orders.clone().cancel(signed(&self.buyer, CancelRequest { order_id })).await.unwrap();
    }

    async fn order(&self, order_id: i64) -> Order {
        let request = signed(&self.buyer, GetInfoRequest { order_id });
        self.orders.clone().get_info(request).await.unwrap().into_inner()
    }

    async fn update(&self, request: UpdateScreeningRequest) -> Result<Screening, Status> {
        let request = UpdateScreeningRequest { film_sid: self.screening.film_sid, ..request };
        Ok(self.running.films.clone().update_screening(request).await?.into_inner())
    }

    async fn cancel(&self) -> Screening {
        let request =
            CancelScreeningRequest { film_sid: self.screening.film_sid, reason: "no light".to_owned() };
        self.running.films.clone().cancel_screening(request).await.unwrap().into_inner()
    }

    /// Cancels in another process, which finds no order service and ends.
    async fn cancel_elsewhere(&self) {
        let kit = Kit::for_tests(self.running.dir.path(), self.running.clock.clone());
        let config = Config { cancel_retry_ms: NEVER_MS, ..self.running.config.clone() };
        kit.register(&service_film::start(&kit, &config).await.unwrap());
        let mut films = FilmServiceClient::new(kit.registry.channel("film"));
        let request = CancelScreeningRequest { film_sid: self.screening.film_sid, reason: String::new() };
        assert!(films.cancel_screening(request).await.unwrap().into_inner().cancelled);
        assert!(kit.tasks.shut_down(PATIENCE).await);
    }

    async fn until_refunded(&self, order_id: i64) {
        let refunded = async {
            while self.order(order_id).await.state() != contract::order::order::State::Refunded {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, refunded).await.expect("the order is refunded");
    }
}

fn state(hall: &HallInfo, seat: &str) -> SeatState {
    hall.seats.iter().find(|found| found.seat == seat).unwrap().state()
}

#[tokio::test]
async fn the_hall_shows_plan_prices_and_states() {
    let sale = sale().await;
    let hall = sale.hall().await;
    assert_eq!((hall.free, hall.seats.len(), hall.as_of), (11, 12, START_MS));
    assert_eq!((hall.hall_name.as_str(), hall.film.as_ref().unwrap().title.as_str()), ("1", "Metropolis"));
    assert_eq!(
        (hall.screening.as_ref().unwrap(), hall.cinema.as_ref().unwrap()),
        (&sale.screening, &sale.stage.cinema)
    );
    assert!(hall.seats.iter().all(|seat| seat.x < hall.width && seat.y < hall.height));
    let premium = &hall.categories[1];
    assert_eq!((premium.category.as_str(), premium.color.as_str()), ("Premium", "#f59e0b"));
    let amounts: Vec<_> = hall.categories[0].prices.iter().map(|price| price.amount).collect();
    assert_eq!(amounts, [1_000, 500, 1_000, 1_000]);
    assert_eq!((state(&hall, "A1"), state(&hall, "B3")), (SeatState::Free, SeatState::Unavailable));
    let seat = hall.seats.iter().find(|seat| seat.seat == "B1").unwrap();
    assert_eq!((seat.row.as_str(), seat.number.as_str(), seat.category.as_str()), ("B", "1", "Premium"));
}

#[tokio::test]
async fn a_bought_seat_is_never_shown_as_free() {
    let sale = sale().await;
    let sequence = sale.hall().await.sequence;
    let order = sale.buy(&["A1", "A2"]).await.unwrap();
    let held = sale.hall().await;
    assert_eq!((state(&held, "A1"), state(&held, "A2"), held.free), (SeatState::Held, SeatState::Held, 9));
    assert!(held.sequence > sequence);
    sale.pay(order.order_id).await;
    let sold = sale.hall().await;
    assert_eq!((state(&sold, "A1"), sold.free), (SeatState::Sold, 9));
}

#[tokio::test]
async fn outside_of_its_sales_window_no_seat_can_be_bought() {
    let sale = sale().await;
    let later =
        UpdateScreeningRequest { sales_open_at: START_MS + HOUR_MS, ..UpdateScreeningRequest::default() };
    sale.update(later).await.unwrap();
    assert_eq!(reason(&sale.buy(&["A1"]).await.unwrap_err()), "SALES_NOT_OPEN");
    let hall = sale.hall().await;
    assert_eq!((hall.free, state(&hall, "A1")), (0, SeatState::Free));
    sale.running.clock.advance(2 * HOUR_MS);
    assert_eq!(sale.hall().await.free, 11);
    sale.running.clock.advance(DAY_MS);
    assert_eq!(sale.hall().await.free, 0);
}

#[tokio::test]
async fn without_the_order_service_no_states_are_shown() {
    let running = start().await;
    let stage = running.stage().await;
    let film_sid = running.screening(&stage, TOMORROW).await.film_sid;
    let mut films = running.films.clone();
    let status = films.get_hall_info(GetHallInfoRequest { film_sid }).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "SEAT_STATES_UNAVAILABLE"));
    let status = films.watch_hall(WatchHallRequest { film_sid }).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "SEAT_STATES_UNAVAILABLE"));
    let status = films.get_hall_info(GetHallInfoRequest { film_sid: 999 }).await.unwrap_err();
    assert_eq!(reason(&status), "SCREENING_NOT_FOUND");
    let status = films.watch_hall(WatchHallRequest { film_sid: 999 }).await.unwrap_err();
    assert_eq!(reason(&status), "SCREENING_NOT_FOUND");
}

fn changes(change: &HallChange) -> Vec<(&str, SeatState)> {
    change.seats.iter().map(|seat| (seat.seat.as_str(), seat.state())).collect()
}

#[tokio::test]
async fn a_watcher_gets_a_snapshot_and_then_every_change() {
    let sale = sale().await;
    let first = sale.buy(&["A1"]).await.unwrap();
    sale.pay(first.order_id).await;
    let request = WatchHallRequest { film_sid: sale.screening.film_sid };
    let mut watched = sale.running.films.clone().watch_hall(request).await.unwrap().into_inner();
    let snapshot = watched.message().await.unwrap().unwrap();
    assert!(snapshot.snapshot);
    assert_eq!(changes(&snapshot), [("A1", SeatState::Sold), ("B3", SeatState::Unavailable)]);
    assert_eq!(snapshot.sequence, sale.hall().await.sequence);

    let second = sale.buy(&["A2", "A3"]).await.unwrap();
    sale.give_up(second.order_id).await;
    let (held, freed) =
        (watched.message().await.unwrap().unwrap(), watched.message().await.unwrap().unwrap());
    assert_eq!((held.sequence, held.snapshot), (snapshot.sequence + 1, false));
    assert_eq!(changes(&held), [("A2", SeatState::Held), ("A3", SeatState::Held)]);
    assert_eq!(freed.sequence, snapshot.sequence + 2);
    assert_eq!(changes(&freed), [("A2", SeatState::Free), ("A3", SeatState::Free)]);
}

#[tokio::test]
async fn a_watch_ends_when_the_process_stops() {
    let sale = sale().await;
    let request = WatchHallRequest { film_sid: sale.screening.film_sid };
    let mut watched = sale.running.films.clone().watch_hall(request).await.unwrap().into_inner();
    assert!(watched.message().await.unwrap().is_some());
    sale.running.kit.tasks.stopping().cancel();
    let end = tokio::time::timeout(PATIENCE, watched.message()).await.unwrap();
    assert!(end.unwrap().is_none(), "ends without an error");
}

#[tokio::test]
async fn a_start_is_moved_only_while_nobody_has_seats() {
    let sale = sale().await;
    let move_to = |starts_at| UpdateScreeningRequest { starts_at, ..UpdateScreeningRequest::default() };
    let moved = sale.update(move_to(TOMORROW + HOUR_MS)).await.unwrap();
    assert_eq!((moved.starts_at, moved.ends_at), (TOMORROW + HOUR_MS, TOMORROW + 160 * MINUTE_MS));
    assert_eq!((moved.sales_close_at, moved.version), (TOMORROW + HOUR_MS, 2));
    let order = sale.buy(&["A1"]).await.unwrap();
    let status = sale.update(move_to(TOMORROW)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "SCREENING_HAS_ORDERS"));
    let same = UpdateScreeningRequest { format: "3D".to_owned(), ..move_to(TOMORROW + HOUR_MS) };
    assert_eq!(sale.update(same).await.unwrap().format, "3D", "the start stays, so it may be named");
    sale.give_up(order.order_id).await;
    sale.update(move_to(TOMORROW)).await.unwrap();
    let second = sale.running.screening(&sale.stage, TOMORROW + 5 * HOUR_MS).await;
    let status = sale.update(move_to(TOMORROW + 4 * HOUR_MS)).await.unwrap_err();
    assert_eq!(reason(&status), "SCREENING_OVERLAPS");
    let past = sale.update(move_to(START_MS)).await.unwrap_err();
    assert_eq!((past.code(), reason(&past).as_str()), (Code::InvalidArgument, "START_IN_PAST"));
    assert!(second.starts_at > TOMORROW);
}

#[tokio::test]
async fn the_next_purchase_after_new_prices_pays_them() {
    let sale = sale().await;
    let before = sale.buy(&["A1"]).await.unwrap();
    let request = UpdatePriceListRequest {
        price_list_id: sale.stage.list.price_list_id,
        name: String::new(),
        prices: new_price_list(1, 700).prices,
    };
    sale.running.films.clone().update_price_list(request).await.unwrap();
    let after = sale.buy(&["A2"]).await.unwrap();
    assert_eq!((before.amount, after.amount), (1_000, 700));
    assert_eq!(sale.order(before.order_id).await.amount, 1_000, "orders already made keep their prices");
}

#[tokio::test]
async fn a_cancelled_screening_is_refunded_and_sells_nothing() {
    let sale = sale().await;
    let order = sale.buy(&["A1"]).await.unwrap();
    sale.pay(order.order_id).await;
    let cancelled = sale.cancel().await;
    assert_eq!((cancelled.cancelled, cancelled.version), (true, 2));
    assert!(!cancelled.cancel_reason.is_empty(), "those who had tickets are told why");
    assert_eq!(sale.cancel().await, cancelled, "harmless when repeated");
    sale.until_refunded(order.order_id).await;
    assert_eq!(reason(&sale.buy(&["A2"]).await.unwrap_err()), "SCREENING_CANCELLED");
    let hall = sale.hall().await;
    assert_eq!((hall.free, state(&hall, "A2")), (0, SeatState::Unavailable));
    let update = UpdateScreeningRequest { format: "3D".to_owned(), ..UpdateScreeningRequest::default() };
    assert_eq!(reason(&sale.update(update).await.unwrap_err()), "SCREENING_CANCELLED");
    // The hall is free again.
    sale.running.screening(&sale.stage, TOMORROW).await;
}

#[tokio::test]
async fn a_cancellation_reaches_an_order_service_that_was_away() {
    let sale = sale().await;
    let order = sale.buy(&["A1"]).await.unwrap();
    sale.pay(order.order_id).await;
    // One more process of the film service takes the call, and goes away.
    sale.cancel_elsewhere().await;
    // Another one that finds the order service does the rest.
    sale.until_refunded(order.order_id).await;
}

#[tokio::test]
async fn a_repeated_cancellation_tells_what_was_not_told() {
    let sale = sale_in(start_with(|config| config.cancel_retry_ms = NEVER_MS).await).await;
    let order = sale.buy(&["A1"]).await.unwrap();
    sale.pay(order.order_id).await;
    sale.cancel_elsewhere().await;
    let repeated = tokio::time::timeout(PATIENCE / 2, sale.cancel()).await.expect("nothing to wait for");
    assert!(repeated.cancelled);
    sale.until_refunded(order.order_id).await;
}
