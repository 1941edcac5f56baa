//! Tickets at the door.

use contract::film::CancelScreeningRequest;
use contract::order::{CheckTicketRequest, CheckTicketResponse, Order, ticket};
use futures_util::future::join_all;
use micro::{Clock, Problem};
use service_order::Config;
use tonic::Status;

use crate::common::{
    Engine, HALL, HOUR_MS, MINUTE_MS, Person, Running, START_MS, databases, on_both_engines, reason, refused,
    start, start_process, until,
};

/// The screening of these tests begins after this time.
const BEGINS_AFTER_MS: i64 = 48 * HOUR_MS;

async fn paid(running: &Running, buyer: &Person, seats: &[&str]) -> Order {
    let order_id = buyer.buy(running.buy(seats)).await.unwrap().order_id;
    buyer.pay(order_id, "card_ok").await.unwrap().order.unwrap()
}

fn code(order: &Order, at: usize) -> CheckTicketRequest {
    CheckTicketRequest { code: order.tickets[at].code.clone(), film_sid: 0, admit: true }
}

async fn check(staff: &Person, wish: CheckTicketRequest) -> Result<CheckTicketResponse, Status> {
    Ok(staff.orders.clone().check_ticket(staff.request(wish)).await?.into_inner())
}

async fn a_ticket_lets_its_bearer_in_once(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    running.staff("door").await;
    let order = paid(&running, &anna, &["A1", "A2"]).await;
    running.clock.advance(BEGINS_AFTER_MS - HOUR_MS);
    let (door, anna) = (running.sign_in("door").await, running.sign_in("anna").await);

    let look = CheckTicketRequest { admit: false, ..code(&order, 0) };
    let seen = check(&door, look.clone()).await.unwrap();
    assert_eq!(seen.ticket.as_ref().unwrap(), &order.tickets[0]);
    assert_eq!((seen.order_id, seen.film_sid), (order.order_id, running.film_sid));
    assert_eq!((&*seen.film_title, &*seen.hall_name, &*seen.category), ("Metropolis 1", "1", "Standard"));
    assert_eq!(seen.cinema_id, running.cinema().await);
    assert!(seen.cinema_name.starts_with("Odeon"));
    assert_eq!(seen.starts_at, START_MS + BEGINS_AFTER_MS);
    assert_eq!(seen.ends_at - seen.starts_at, 153 * MINUTE_MS);
    assert_eq!(anna.info(order.order_id).await.unwrap().tickets, order.tickets);

    let typed = CheckTicketRequest {
        code: format!(" {}\n", order.tickets[0].code.to_lowercase()),
        film_sid: running.film_sid,
        admit: true,
    };
    let at = running.clock.now_ms();
    let inside = check(&door, typed).await.unwrap().ticket.unwrap();
    assert_eq!((inside.state(), inside.used_at), (ticket::State::Used, at));
    running.clock.advance(MINUTE_MS);
    for wish in [look, code(&order, 0)] {
        let again = Problem::from_status(&check(&door, wish).await.unwrap_err());
        assert_eq!(
            (again.reason(), again.metadata()),
            ("TICKET_USED", &[("used_at".into(), at.to_string())][..])
        );
    }
    let states = |order: Order| order.tickets.iter().map(|t| (t.state(), t.used_at)).collect::<Vec<_>>();
    let expected = vec![(ticket::State::Used, at), (ticket::State::Valid, 0)];
    assert_eq!(states(anna.info(order.order_id).await.unwrap()), expected);

    // Who went in has seen the film; the seat beside can still be given back.
    assert_eq!(refused(anna.refund(order.order_id, &["A1"]).await), "TICKET_USED");
    assert_eq!(refused(anna.refund(order.order_id, &[]).await), "TICKET_USED");
    assert_eq!(refused(door.refund(order.order_id, &["A1"]).await), "TICKET_USED");
    anna.refund(order.order_id, &["A2"]).await.unwrap();
    assert_eq!(reason(&check(&door, code(&order, 1)).await.unwrap_err()), "TICKET_VOID");
}

async fn of_many_doors_at_once_one_lets_the_bearer_in(engine: Engine) {
    let (databases, clock) = (databases(engine), Clock::simulated(START_MS));
    let mut running = start_process(&databases, clock.clone(), &Config::default()).await;
    running.film_sid = running.screening(HALL, START_MS + HOUR_MS).await;
    let (anna, door) = (running.person("anna").await, running.staff("door").await);
    // On SQLite the second door is at the same process.
    let second = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(start_process(&databases, clock, &Config::default()).await),
    };
    let other = second.as_ref().map_or_else(|| door.clone(), |second| door.at(second));
    let order = paid(&running, &anna, &["A1"]).await;
    let doors = (0..30).map(|at| check(if at % 2 == 0 { &door } else { &other }, code(&order, 0)));
    let (inside, outside): (Vec<_>, Vec<_>) = join_all(doors).await.into_iter().partition(Result::is_ok);
    assert_eq!(inside.len(), 1);
    assert!(outside.into_iter().all(|refused| reason(&refused.unwrap_err()) == "TICKET_USED"));
}

async fn a_key_makes_asking_again_harmless(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    running.staff("door").await;
    let order = paid(&running, &anna, &["A1", "A2"]).await;
    running.clock.advance(BEGINS_AFTER_MS);
    let door = running.sign_in("door").await;
    let ask = async |at| {
        let request = door.keyed("scan-1", code(&order, at));
        door.orders.clone().check_ticket(request).await.map(tonic::Response::into_inner)
    };
    let first = ask(0).await.unwrap();
    running.clock.advance(1_000);
    assert_eq!(ask(0).await.unwrap(), first);
    assert_eq!(refused(ask(1).await), "IDEMPOTENCY_KEY_REUSED");
}

async fn who_is_not_let_in_hears_why(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let here = running.cinema().await;
    let elsewhere = running.cinema_of(running.screening(HALL, START_MS + HOUR_MS).await).await;
    let order = paid(&running, &anna, &["A1", "A2"]).await;
    running.staff("door").await;
    running.staff_of("other", &[elsewhere]).await;
    running.staff_of("mine", &[here]).await;
    running.clock.advance(BEGINS_AFTER_MS - 2 * HOUR_MS - 1);
    let [door, other, mine, anna] = running.sign_in_all(["door", "other", "mine", "anna"]).await;

    let good = code(&order, 0);
    let wrong = |change: fn(&str) -> String| CheckTicketRequest { code: change(&good.code), ..good.clone() };
    for forged in [
        wrong(|_| "HELLO".into()),
        wrong(|_| "https://tickets.example/t?id=1".into()),
        wrong(|code| code.replace("MQ1.", "MQ2.")),
        wrong(|code| code[..60].to_owned() + if &code[60..61] == "B" { "C" } else { "B" } + &code[61..]),
    ] {
        assert_eq!(refused(check(&door, forged.clone()).await), "TICKET_CODE_INVALID", "{}", forged.code);
    }
    assert_eq!(refused(check(&anna, good.clone()).await), "ROLE_MISSING");
    assert_eq!(refused(check(&other, good.clone()).await), "NOT_YOUR_CINEMA");
    let next_door = CheckTicketRequest { film_sid: running.film_sid + 1, ..good.clone() };
    let refusal = Problem::from_status(&check(&door, next_door).await.unwrap_err());
    assert_eq!(refusal.reason(), "TICKET_OTHER_SCREENING");
    assert_eq!(refusal.metadata(), [("film_sid".to_owned(), running.film_sid.to_string())]);

    let early = Problem::from_status(&check(&door, good.clone()).await.unwrap_err());
    let opens_at = START_MS + BEGINS_AFTER_MS - 2 * HOUR_MS;
    assert_eq!(early.reason(), "TICKET_TOO_EARLY");
    assert_eq!(early.metadata(), [("opens_at".to_owned(), opens_at.to_string())]);
    running.clock.advance(1);
    check(&mine, good).await.unwrap();

    running.clock.advance(2 * HOUR_MS + 153 * MINUTE_MS - 1);
    let door = running.sign_in("door").await;
    let look = CheckTicketRequest { admit: false, ..code(&order, 1) };
    check(&door, look).await.unwrap();
    running.clock.advance(1);
    assert_eq!(refused(check(&door, code(&order, 1)).await), "TICKET_TOO_LATE");
}

async fn nobody_is_let_in_to_a_cancelled_screening_and_all_get_their_money(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    running.staff("door").await;
    let order = paid(&running, &anna, &["A1", "A2"]).await;
    running.clock.advance(BEGINS_AFTER_MS);
    let (door, anna) = (running.sign_in("door").await, running.sign_in("anna").await);
    let at = running.clock.now_ms();
    check(&door, code(&order, 0)).await.unwrap();
    let request = CancelScreeningRequest { film_sid: running.film_sid, reason: "fire alarm".into() };
    running.films.clone().cancel_screening(request).await.unwrap();
    let refusal = refused(check(&door, code(&order, 1)).await);
    assert!(["SCREENING_CANCELLED", "TICKET_VOID"].contains(&&*refusal), "{refusal}");
    until("the order was refunded", || async {
        anna.info(order.order_id).await.unwrap().tickets.iter().all(|t| t.state() == ticket::State::Void)
    })
    .await;
    assert_eq!(anna.info(order.order_id).await.unwrap().tickets[0].used_at, at);
}

on_both_engines! {
    a_ticket_lets_its_bearer_in_once,
    of_many_doors_at_once_one_lets_the_bearer_in,
    a_key_makes_asking_again_harmless,
    who_is_not_let_in_hears_why,
    nobody_is_let_in_to_a_cancelled_screening_and_all_get_their_money,
}
