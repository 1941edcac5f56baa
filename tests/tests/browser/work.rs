//! The pages of those who work at cinemas: at the door, at the counter, and running them.

use serde_json::json;
use tests::wait::now_ms;
use tests::{Person, TestCluster};

use crate::pages::{Page, Who};
use crate::programme::Programme;

/// When the screening of today begins, milliseconds from now: its doors are open.
const SOON_MS: i64 = 30 * 60 * 1_000;
/// From one screening of the day that fills to the next, milliseconds.
const STEP_MS: i64 = 4 * 3_600_000;

/// What the pages show.
struct Evening {
    programme: Programme,
    /// Begins soon; some seats are sold.
    soon: i64,
    /// Was cancelled; an order of it was given back.
    cancelled: i64,
    /// Paid, with tickets for two seats.
    order: i64,
    /// The codes of its tickets.
    codes: Vec<String>,
    /// An order that waits for its money, of the staff who looks.
    at_counter: i64,
}

/// Has everything be there that the pages show, and names every page.
pub async fn prepare(cluster: &TestCluster) -> Vec<Page> {
    let evening = Evening::plan(cluster).await;
    [evening.of_staff(), evening.of_managers(), evening.of_catalogue(), evening.of_admins()].concat()
}

impl Evening {
    async fn plan(cluster: &TestCluster) -> Self {
        let programme = Programme::plan(cluster).await;
        let staff = crew(cluster, Who::Staff, "staff", &[programme.utrecht]).await;
        crew(cluster, Who::Manager, "manager", &[programme.utrecht]).await;
        let soon = programme.amelie_at(cluster, now_ms() + SOON_MS).await;
        let cancelled = programme.amelie_at(cluster, now_ms() + SOON_MS + STEP_MS).await;
        let buyer = cluster.customer().await;
        let order = buyer.buy_and_pay(soon, &["B3", "B4"]).await;
        buyer.buy_and_pay(soon, &["D1", "D2", "D3"]).await;
        let codes = order.tickets.iter().map(|ticket| ticket.code.clone()).collect();
        buyer.buy_and_pay(cancelled, &["A1", "A2"]).await;
        let at_counter = staff.buy(soon, &["C1", "C2"]).await.unwrap().order_id;
        let reason = json!({ "reason": "The projector is broken" });
        let path = format!("/v1/screenings/{cancelled}/cancel");
        assert_eq!(cluster.admin().await.post(&path, &reason).await.status, 200);
        Self { programme, soon, cancelled, order: order.order_id, codes, at_counter }
    }

    fn of_staff(&self) -> Vec<Page> {
        let page = |name, place: String| Page::of(name, place).seen_by(Who::Staff);
        let Self { soon, cancelled, .. } = self;
        let door = format!("/door?screening={soon}");
        let altered = altered(&self.codes[0]);
        vec![
            page("door", "/door".to_owned()),
            page("door_of_a_screening", door.clone()),
            page("door_in", door.clone()).shown(&self.codes[0], "in"),
            page("door_used", door.clone()).shown(&self.codes[0], "used"),
            page("door_forged", door).shown(&altered, "forged"),
            page("door_other", format!("/door?screening={}", self.programme.screening))
                .shown(&self.codes[1], "other"),
            page("counter", "/counter".to_owned()),
            page("counter_no_title", "/counter?q=Ninotchka".to_owned()),
            page("counter_orders", format!("/counter/orders?screening={soon}")),
            page("counter_orders_none", "/counter/orders?order=999999999".to_owned()),
            page("counter_hall", format!("/screenings/{soon}")),
            page("counter_order_open", format!("/orders/{}", self.at_counter)),
            page("counter_order_paid", format!("/orders/{}", self.order)),
            page("counter_refund", format!("/orders/{}/refund", self.order)),
            page("counter_hall_cancelled", format!("/screenings/{cancelled}")),
        ]
    }

    fn of_managers(&self) -> Vec<Page> {
        let page = |name, place: String| Page::of(name, place).seen_by(Who::Manager);
        let Self { soon, cancelled, programme, .. } = self;
        let cinema = format!("/manage/cinemas/{}", programme.utrecht);
        let day = &programme.first_day;
        vec![
            page("manage", "/manage".to_owned()),
            page("week", format!("{cinema}/week")),
            page("week_empty", format!("{cinema}/week?from=2030-01-01")),
            page("screening", format!("/manage/screenings/{soon}")),
            page("screening_cancelled", format!("/manage/screenings/{cancelled}")),
            page("screening_cancel", format!("/manage/screenings/{soon}/cancel")),
            page("screening_new", format!("{cinema}/screenings/new?day={day}&from={day}")),
            page("copy_day", format!("{cinema}/copy?day={day}")),
            page("manage_orders", "/manage/orders".to_owned()),
            page("manage_orders_none", "/manage/orders?state=expired".to_owned()),
            page("manage_orders_wrong", "/manage/orders?order=seven".to_owned()).with_status(400),
            page("changes", "/manage/changes".to_owned()),
            page("not_theirs", format!("/manage/cinemas/{}/week", programme.shanghai)).with_status(404),
        ]
    }

    fn of_catalogue(&self) -> Vec<Page> {
        let page = |name, place: String| Page::of(name, place).seen_by(Who::Manager);
        let Programme { utrecht, hall, price_list, amelie, .. } = self.programme;
        let cinema = format!("/manage/cinemas/{utrecht}");
        vec![
            page("cinema", cinema.clone()),
            page("halls", format!("{cinema}/halls")),
            page("hall_new", format!("{cinema}/halls/new")),
            page("hall_edit", format!("{cinema}/halls/{hall}")),
            page("hall_retire", format!("{cinema}/halls/{hall}/retire")),
            page("films", "/manage/films".to_owned()),
            page("films_none", "/manage/films?title=Ninotchka".to_owned()),
            page("film_import", "/manage/films/import".to_owned()),
            page("film_new", "/manage/films/new".to_owned()),
            page("film_edit", format!("/manage/films/{amelie}")),
            page("film_retire", format!("/manage/films/{amelie}/retire")),
            page("prices", format!("{cinema}/prices")),
            page("prices_new", format!("{cinema}/prices/new")),
            page("prices_edit", format!("{cinema}/prices/{price_list}")),
            page("prices_retire", format!("{cinema}/prices/{price_list}/retire")),
        ]
    }

    fn of_admins(&self) -> Vec<Page> {
        let page = |name, place: String| Page::of(name, place).seen_by(Who::Admin);
        vec![
            page("manage_all", "/manage".to_owned()),
            page("counter_all", "/counter".to_owned()),
            page("door_all", "/door".to_owned()),
            page("cinema_new", "/manage/cinemas/new".to_owned()),
            page("cinema_retire", format!("/manage/cinemas/{}/retire", self.programme.utrecht)),
            page("role_changes", "/manage/role-changes".to_owned()),
        ]
    }
}

/// Gives somebody of the pages an account with a role.
pub async fn crew(cluster: &TestCluster, who: Who, role: &str, cinema_ids: &[i64]) -> Person {
    cluster.crew(who.account().expect("those who work have an account"), role, cinema_ids).await
}

/// A code of the right form that nobody signed: its last letter that counts is another.
pub fn altered(code: &str) -> String {
    let at = code.len() - 8;
    let other = if code.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &code[..at], &code[at + 1..])
}
