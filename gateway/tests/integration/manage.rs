//! The site's pages for those who run cinemas, as a browser without scripts uses them.

mod catalogue;
mod film_import;
mod halls;
mod overview;
mod records;
mod screenings;

use contract::user::user_service_client::UserServiceClient;
use contract::user::{Role, SetRolesRequest};
use http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, PASSWORD, Running, START_MS, start_all};

const HALL: &str = "@category s #3b82f6 Standard\nA: ssssss\nB: ssssss\n";
const HOUR_MS: i64 = 60 * 60 * 1000;

/// Two cinemas, one of them in the care of a manager. It is 2026-11-24, 01:00 in Berlin.
struct House {
    running: Running,
    admin: Value,
    manager: Value,
    /// Theirs, and another.
    cinema: i64,
    other: i64,
    hall: i64,
    list: i64,
    film: i64,
}

impl House {
    async fn start() -> Self {
        let running = start_all().await;
        let admin = running.admin().await;
        let cinema = cinema(&running, &admin, "Odeon").await;
        let other = self::cinema(&running, &admin, "Rex").await;
        let mut house =
            Self { manager: Value::Null, admin, cinema, other, hall: 0, list: 0, film: 0, running };
        house.manager = house.manager_of("marie", &[cinema]).await;
        let hall = json!({"name": "1", "cleaning_minutes": 20, "plan": {"drawing": HALL}});
        house.hall = house.made(&format!("/v1/cinemas/{cinema}/halls"), hall, "hall_id").await;
        let prices = json!([{"category": "Standard", "ticket_type": "ADULT", "amount": 1200}]);
        let list = json!({"name": "usual", "prices": prices});
        house.list = house.made(&format!("/v1/cinemas/{cinema}/price-lists"), list, "price_list_id").await;
        let film = json!({"title": "Metropolis", "minutes": 150, "titles": {"zh": "大都会"}});
        house.film = house.made("/v1/films", film, "film_id").await;
        house
    }

    /// Somebody who runs these cinemas.
    async fn manager_of(&self, name: &str, cinemas: &[i64]) -> Value {
        let user_id = self.running.register(name).await["profile"]["user_id"].as_i64().unwrap();
        let mut users = UserServiceClient::new(self.running.kit.registry.channel("user"));
        let (roles, cinema_ids) = (vec![Role::Manager.into()], cinemas.to_vec());
        users.set_roles(SetRolesRequest { user_id, roles, cinema_ids, ..Default::default() }).await.unwrap();
        self.running.post("/v1/sessions", &json!({"login": name, "password": PASSWORD})).await.json()
    }

    async fn made(&self, path: &str, body: Value, id: &str) -> i64 {
        let answer = self.running.as_user(&self.admin, Method::POST, path, &body).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        answer.json()[id].as_i64().unwrap()
    }

    /// A screening so many hours after the tests begin.
    async fn screening(&self, hours: i64) -> i64 {
        let body = json!({"film_id": self.film, "hall_id": self.hall, "price_list_id": self.list,
            "starts_at": START_MS + hours * HOUR_MS, "language": "de"});
        self.made("/v1/screenings", body, "film_sid").await
    }

    /// Somebody buys and pays seats.
    async fn sold(&self, film_sid: i64, seats: &[&str]) -> i64 {
        let buyer = self.running.register(&format!("buyer-{film_sid}-{}", seats[0])).await;
        let buy = json!({"film_sid": film_sid, "seats": seats});
        let order = self.running.as_user(&buyer, Method::POST, "/v1/orders", &buy).await.json();
        let path = format!("/v1/orders/{}/pay", order["order_id"]);
        let paid =
            self.running.as_user(&buyer, Method::POST, &path, &json!({"payment_method": "card_ok"})).await;
        assert_eq!(paid.status, 200, "{:?}", paid.body);
        order["order_id"].as_i64().unwrap()
    }

    async fn get(&self, path: &str) -> Answer {
        self.get_as(&self.manager, "en", path).await
    }

    async fn get_as(&self, session: &Value, language: &str, path: &str) -> Answer {
        let request = self.running.request(Method::GET, path).header("cookie", cookies(session, language));
        self.running.send(request, "").await
    }

    /// Sends a form as a page of the site does.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(&self.manager, path, fields).await
    }

    async fn post_as(&self, session: &Value, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .running
            .request(Method::POST, path)
            .header("cookie", cookies(session, "en"))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.running.send(request, body).await
    }
}

async fn cinema(running: &Running, admin: &Value, name: &str) -> i64 {
    let cinema = json!({"name": name, "city": "Berlin", "time_zone": "Europe/Berlin", "currency": "EUR"});
    let answer = running.as_user(admin, Method::POST, "/v1/cinemas", &cinema).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    answer.json()["cinema_id"].as_i64().unwrap()
}

fn cookies(session: &Value, language: &str) -> String {
    let text = |name: &str| session[name].as_str().unwrap_or_default().to_owned();
    format!("marquee_access={}; marquee_language={language}", text("access_token"))
}

/// No text of a page is its own name: one that is missing shows as that.
#[track_caller]
fn assert_all_words(answer: &Answer) {
    for odd in [">manage-", "\"manage-", ">problem-", " manage-", ">import-", " import-"] {
        assert!(!answer.text().contains(odd), "{odd:?} in {}", answer.text());
    }
}
