//! The pages of those who work at a cinema, as a browser without scripts sees them.

mod counter;
mod door;

use contract::user::user_service_client::UserServiceClient;
use contract::user::{Role, SetRolesRequest};
use serde_json::Value;

use crate::common::PASSWORD;
use crate::order_pages::{Cinema, DAY_MS, Person};

/// Half an hour before the screening of the cinema begins, when its doors are open.
const EVENING_MS: i64 = 2 * DAY_MS - 30 * 60_000;

/// Somebody with a role, at some cinemas.
async fn person(cinema: &Cinema, name: &str, role: Role, cinema_ids: Vec<i64>) -> Person {
    let user_id = cinema.running.register(name).await["profile"]["user_id"].as_i64().unwrap();
    let mut users = UserServiceClient::new(cinema.running.kit.registry.channel("user"));
    let roles =
        SetRolesRequest { user_id, roles: vec![role.into()], cinema_ids, ..SetRolesRequest::default() };
    users.set_roles(roles).await.unwrap();
    sign_in(cinema, name).await
}

/// Tokens end sooner than screenings begin.
async fn sign_in(cinema: &Cinema, name: &str) -> Person {
    let login = serde_json::json!({"login": name, "password": PASSWORD});
    Person { session: cinema.running.post("/v1/sessions", &login).await.json(), language: "en" }
}

fn stranger() -> Person {
    Person { session: Value::Null, language: "en" }
}

#[tokio::test]
async fn only_staff_see_the_pages_of_staff() {
    let cinema = Cinema::start().await;
    for path in ["/door", "/counter", "/counter/orders?order=1"] {
        let led = cinema.get_as(&stranger(), path).await;
        assert_eq!(led.status, 303, "{path}");
        assert!(led.header("location").starts_with("/login?next=%2F"), "{path}");
        let customer = cinema.get(path).await;
        assert_eq!(customer.status, 404, "{path}");
        customer.assert_says("data-reason=\"PAGE_NOT_FOUND\"");
    }
    let shown = [("code", "MQ1.AAAA")];
    for path in ["/door", "/door/check"] {
        cinema.post_as(&stranger(), path, &shown).await.assert_leads_to("/login?next=%2Fdoor");
        assert_eq!(cinema.post(path, &shown).await.status, 404, "{path}");
    }
    for (name, role) in [("stan", Role::Staff), ("mona", Role::Manager), ("adam", Role::Admin)] {
        let at = if role == Role::Manager { vec![cinema.cinema_id().await] } else { Vec::new() };
        let who = person(&cinema, name, role, at).await;
        for path in ["/door", "/counter"] {
            let page = cinema.get_as(&who, path).await;
            assert_eq!(page.status, 200, "{name} {path}");
            page.assert_says("href=\"/counter\"");
        }
    }
    let chinese = Person { language: "zh-CN", ..sign_in(&cinema, "stan").await };
    cinema.get_as(&chinese, "/door").await.assert_says("请出示下一张票。");
    cinema.get_as(&chinese, "/counter").await.assert_says("查找订单");
}
