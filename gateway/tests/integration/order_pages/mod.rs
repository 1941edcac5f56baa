//! The site's pages around an order, as a browser without scripts sees them.

mod account;
mod paying;
mod refunds;
mod tickets;

use http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Running, START_MS, config, start_with};

const HALL: &str = "@category s #3b82f6 Standard\nA: ssssss\nB: ssssss\n";
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;
pub const TITLE: &str = "The Good; the Bad, & the 黑白 <Ugly>";

/// A cinema with a screening in two days, and somebody who wants to see it.
pub struct Cinema {
    pub running: Running,
    pub film_sid: i64,
    pub ann: Person,
}

/// Somebody who is signed in, in one language.
pub struct Person {
    pub session: Value,
    pub language: &'static str,
}

impl Cinema {
    pub async fn start() -> Self {
        Self::start_as(|_| ()).await
    }

    pub async fn start_as(change: impl FnOnce(&mut service_order::Config)) -> Self {
        let running = start_with(config()).await;
        let film = service_film::start(&running.kit, &service_film::Config::default()).await.unwrap();
        running.kit.register(&film);
        let mut orders = service_order::Config::default();
        let webhook = format!("http://{}/v1/payments/webhooks/sandbox", running.address);
        orders.sandbox.webhook_url = Some(webhook);
        change(&mut orders);
        running.kit.register(&service_order::start(&running.kit, &orders).await.unwrap());
        let film_sid = screening(&running).await;
        let ann = Person { session: running.register("annlee").await, language: "en" };
        Self { running, film_sid, ann }
    }

    /// An order of these seats; its id.
    pub async fn buy(&self, seats: &[&str]) -> String {
        // Whoever sits in A2 is a child.
        let types = if seats.contains(&"A2") { json!({"A2": "CHILD"}) } else { json!({}) };
        let buy = json!({"film_sid": self.film_sid, "seats": seats, "ticket_types": types});
        let order = self.running.as_user(&self.ann.session, Method::POST, "/v1/orders", &buy).await;
        assert_eq!(order.status, 200, "{:?}", order.body);
        id(&order.json()["order_id"])
    }

    /// An order that is paid.
    pub async fn paid(&self, seats: &[&str]) -> String {
        let order = self.buy(seats).await;
        let path = format!("/v1/orders/{order}/pay");
        let pay = json!({"payment_method": "card_ok"});
        let paid = self.running.as_user(&self.ann.session, Method::POST, &path, &pay).await;
        assert_eq!(paid.status, 200, "{:?}", paid.body);
        order
    }

    /// An order as the API tells of it.
    pub async fn order(&self, order: &str) -> Value {
        let path = format!("/v1/orders/{order}");
        self.running.as_user(&self.ann.session, Method::GET, &path, &Value::Null).await.json()
    }

    /// The cinema where the screening is.
    pub async fn cinema_id(&self) -> i64 {
        let cinemas = self.running.get("/v1/cinemas").await.json();
        cinemas["cinemas"][0]["cinema_id"].as_i64().unwrap()
    }

    /// Another cinema, where nothing is on.
    pub async fn another(&self) -> i64 {
        let login = json!({"login": "admin", "password": crate::common::PASSWORD});
        let admin = self.running.post("/v1/sessions", &login).await.json();
        let cinema = json!({"name": "Rex", "city": "Berlin", "address": "Am Ring 2",
            "time_zone": "Europe/Berlin", "currency": "EUR"});
        let made = self.running.as_user(&admin, Method::POST, "/v1/cinemas", &cinema).await;
        assert_eq!(made.status, 200, "{:?}", made.body);
        made.json()["cinema_id"].as_i64().unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_as(&self.ann, path).await
    }

    pub async fn get_as(&self, person: &Person, path: &str) -> Answer {
        let request = self.running.request(Method::GET, path).header("cookie", person.cookies());
        self.running.send(request, "").await
    }

    /// Sends a form as a page of the site does.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(&self.ann, path, fields).await
    }

    pub async fn post_as(&self, person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .running
            .request(Method::POST, path)
            .header("cookie", person.cookies())
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.running.send(request, body).await
    }

    /// Asks for a page until it is as it should be.
    pub async fn until(&self, path: &str, what: impl Fn(&Answer) -> bool) -> Answer {
        for _ in 0..500 {
            let answer = self.get(path).await;
            if what(&answer) {
                return answer;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("{path} does not become what it should be");
    }
}

impl Person {
    fn cookies(&self) -> String {
        let text = |name: &str| self.session[name].as_str().unwrap_or_default().to_owned();
        format!(
            "marquee_access={}; marquee_refresh={}; marquee_language={}",
            text("access_token"),
            text("refresh_token"),
            self.language
        )
    }
}

impl Answer {
    /// A page, or what stands in its place.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub fn assert_says(&self, what: &str) {
        assert!(self.text().contains(what), "no {what:?} in {}", self.text());
    }

    /// The value of a hidden field.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) =
            self.text().split_once(&mark).unwrap_or_else(|| panic!("no {name} in {}", self.text()));
        rest.split('"').next().unwrap().to_owned()
    }

    /// Which state the page of an order, or a line of the list, names.
    #[track_caller]
    pub fn phase(&self) -> String {
        let (_, rest) = self.text().split_once("class=\"state ").unwrap_or_else(|| panic!("{}", self.text()));
        rest.split('"').next().unwrap().to_owned()
    }

    #[track_caller]
    pub fn assert_leads_to(&self, place: &str) {
        assert_eq!((self.status.as_u16(), self.header("location")), (303, place), "{}", self.text());
    }
}

pub fn id(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

async fn screening(running: &Running) -> i64 {
    let admin = running.admin().await;
    let post = async |path: String, body: Value| {
        let answer = running.as_user(&admin, Method::POST, &path, &body).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        answer.json()
    };
    let cinema = json!({"name": "Odeon", "city": "Berlin", "address": "Hauptstraße 1; Hof, links",
        "time_zone": "Europe/Berlin", "currency": "EUR"});
    let cinema = post("/v1/cinemas".into(), cinema).await["cinema_id"].clone();
    let hall = json!({"name": "Große 1", "plan": {"drawing": HALL}});
    let hall = post(format!("/v1/cinemas/{cinema}/halls"), hall).await["hall_id"].clone();
    let prices = json!([
        {"category": "Standard", "ticket_type": "ADULT", "amount": 1200},
        {"category": "Standard", "ticket_type": "CHILD", "amount": 800},
    ]);
    let list = json!({"name": "usual", "prices": prices});
    let list = post(format!("/v1/cinemas/{cinema}/price-lists"), list).await["price_list_id"].clone();
    let film = json!({"title": TITLE, "minutes": 153, "titles": {"zh": "黄金三镖客"}});
    let film = post("/v1/films".into(), film).await["film_id"].clone();
    let screening = json!({
        "film_id": film, "hall_id": hall, "price_list_id": list, "starts_at": START_MS + 2 * DAY_MS, "language": "en",
    });
    post("/v1/screenings".into(), screening).await["film_sid"].as_i64().unwrap()
}
