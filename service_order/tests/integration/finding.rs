//! Finding orders, for staff.

use contract::order::{BuyRequest, FindOrdersRequest, order};
use contract::user::Role;

use crate::common::{Engine, HALL, HOUR_MS, Person, START_MS, on_both_engines, refused, start};

/// Ids of what is found, page by page.
async fn pages(staff: &Person, wish: FindOrdersRequest) -> Vec<Vec<i64>> {
    let (mut pages, mut page_token) = (Vec::new(), String::new());
    loop {
        let wish = FindOrdersRequest { page_token, ..wish.clone() };
        let page = staff.orders.clone().find_orders(staff.request(wish)).await.unwrap().into_inner();
        pages.push(page.orders.iter().map(|order| order.order_id).collect());
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return pages;
        }
    }
}

async fn all(staff: &Person, wish: FindOrdersRequest) -> Vec<i64> {
    pages(staff, wish).await.concat()
}

fn any() -> FindOrdersRequest {
    FindOrdersRequest::default()
}

async fn staff_find_the_orders_of_their_cinemas(engine: Engine) {
    let running = start(engine).await;
    let (anna, ben) = (running.person("anna").await, running.person("ben").await);
    let second = running.screening(HALL, START_MS + 30 * HOUR_MS).await;
    let (here, there) = (running.cinema().await, running.cinema_of(second).await);
    let mut ids = Vec::new();
    for (buyer, film_sid, seat) in [
        (&anna, running.film_sid, "A1"),
        (&ben, second, "A1"),
        (&anna, second, "A2"),
        (&ben, running.film_sid, "A2"),
        (&anna, running.film_sid, "A3"),
    ] {
        running.clock.advance(1_000);
        let wish = BuyRequest { film_sid, ..running.buy(&[seat]) };
        ids.push(buyer.buy(wish).await.unwrap().order_id);
    }
    anna.pay(ids[2], "card_ok").await.unwrap();
    let clerk = running.staff("clerk").await;
    let ours = running.staff_of("ours", &[here]).await;
    let nobody = running.with_role("nobody", Role::Manager, &[]).await;
    let of = |numbers: &[usize]| numbers.iter().map(|number| ids[*number]).collect::<Vec<_>>();

    assert_eq!(all(&clerk, any()).await, of(&[4, 3, 2, 1, 0]));
    assert_eq!(all(&ours, any()).await, of(&[4, 3, 0]));
    assert_eq!(all(&nobody, any()).await, of(&[]));
    let two = FindOrdersRequest { page_size: 2, ..any() };
    assert_eq!(pages(&clerk, two.clone()).await, [of(&[4, 3]), of(&[2, 1]), of(&[0])]);
    assert_eq!(pages(&ours, two).await, [of(&[4, 3]), of(&[0])]);
    let one = FindOrdersRequest { page_size: 1, user_id: anna.user_id, ..any() };
    assert_eq!(pages(&clerk, one).await, [of(&[4]), of(&[2]), of(&[0])]);

    let paid = order::State::Paid.into();
    for (wish, everybody, of_ours) in [
        (FindOrdersRequest { order_id: ids[1], ..any() }, &[1][..], &[][..]),
        (FindOrdersRequest { user_id: anna.user_id, ..any() }, &[4, 2, 0], &[4, 0]),
        (FindOrdersRequest { film_sid: second, ..any() }, &[2, 1], &[]),
        (FindOrdersRequest { film_sid: second, user_id: ben.user_id, ..any() }, &[1], &[]),
        (FindOrdersRequest { state: paid, ..any() }, &[2], &[]),
        (FindOrdersRequest { created_from: START_MS + 3_000, ..any() }, &[4, 3, 2], &[4, 3]),
        (FindOrdersRequest { created_to: START_MS + 3_000, ..any() }, &[1, 0], &[0]),
        (FindOrdersRequest { cinema_ids: vec![here], ..any() }, &[4, 3, 0], &[4, 3, 0]),
    ] {
        assert_eq!(all(&clerk, wish.clone()).await, of(everybody), "{wish:?}");
        assert_eq!(all(&ours, wish.clone()).await, of(of_ours), "{wish:?}");
    }
    assert_eq!(all(&clerk, FindOrdersRequest { cinema_ids: vec![there, here], ..any() }).await.len(), 5);
    let find = async |who: &Person, wish| who.orders.clone().find_orders(who.request(wish)).await;
    let wish = FindOrdersRequest { cinema_ids: vec![here, there], ..any() };
    assert_eq!(refused(find(&ours, wish).await), "NOT_YOUR_CINEMA");
    assert_eq!(refused(find(&anna, any()).await), "ROLE_MISSING");
    let wish = FindOrdersRequest { page_token: "zzz".into(), ..any() };
    assert_eq!(refused(find(&clerk, wish).await), "PAGE_TOKEN_INVALID");

    let found = find(&clerk, FindOrdersRequest { order_id: ids[0], ..any() }).await.unwrap().into_inner();
    let found = &found.orders[0];
    assert_eq!((found.cinema_id, found.starts_at), (here, START_MS + 48 * HOUR_MS));
    assert!(found.film_id > 0);
    assert_eq!(found.seats[0].seat, "A1");
}

on_both_engines! {
    staff_find_the_orders_of_their_cinemas,
}
