//! Somebody with an account.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Answer, Call, Client, Refused};
use crate::view::{GivenBack, Order, OrderPage, Paid};

/// The password of everybody in tests.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Person {
    /// The account.
    pub user_id: i64,
    /// Name to sign in with.
    pub name: String,
    /// The access token.
    pub token: String,
    /// The refresh token.
    pub refresh_token: String,
    /// The way to the system.
    pub client: Client,
}

#[derive(Deserialize)]
struct Session {
    profile: Profile,
    access_token: String,
    refresh_token: String,
}

#[derive(Deserialize)]
struct Profile {
    user_id: i64,
    user_name: String,
}

impl Person {
    /// Opens an account.
    pub async fn register(client: &Client, name: &str) -> Self {
        let request = json!({ "user_name": name, "password": PASSWORD });
        Self::from_session(client, client.post("/v1/users", &request).await)
    }

    /// Signs in.
    pub async fn sign_in(client: &Client, login: &str, password: &str) -> Self {
        let request = json!({ "login": login, "password": password });
        Self::from_session(client, client.post("/v1/sessions", &request).await)
    }

    fn from_session(client: &Client, answer: Answer) -> Self {
        let Session { profile, access_token, refresh_token } = answer.ok();
        let Profile { user_id, user_name } = profile;
        Self { user_id, name: user_name, token: access_token, refresh_token, client: client.clone() }
    }

    /// A request of this person.
    #[must_use]
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Call {
        Call::new(method, path, body).signed(&self.token)
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.client.send(self.request("GET", path, None)).await
    }

    /// `POST`.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.client.send(self.request("POST", path, Some(body))).await
    }

    /// `POST` with an idempotency key.
    pub async fn post_with_key(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.client.send(self.request("POST", path, Some(body)).with("idempotency-key", key)).await
    }

    /// Holds seats.
    ///
    /// # Errors
    /// The refusal.
    pub async fn buy(&self, film_sid: i64, seats: &[&str]) -> Result<Order, Box<Refused>> {
        self.post("/v1/orders", &json!({ "film_sid": film_sid, "seats": seats })).await.into_result()
    }

    /// Pays with a test card.
    ///
    /// # Errors
    /// The refusal.
    pub async fn pay(&self, order_id: i64, card: &str) -> Result<Paid, Box<Refused>> {
        let body = json!({ "payment_method": card });
        self.post(&format!("/v1/orders/{order_id}/pay"), &body).await.into_result()
    }

    /// Holds seats and pays for them.
    pub async fn buy_and_pay(&self, film_sid: i64, seats: &[&str]) -> Order {
        let order = self.buy(film_sid, seats).await.expect("the seats are free");
        let paid = self.pay(order.order_id, "card_ok").await.expect("the card is good");
        assert_eq!(paid.order.state, "PAID");
        paid.order
    }

    /// Gives seats back; all that are left where none is named.
    ///
    /// # Errors
    /// The refusal.
    pub async fn refund(&self, order_id: i64, seats: &[&str]) -> Result<GivenBack, Box<Refused>> {
        let body = json!({ "seats": seats });
        self.post(&format!("/v1/orders/{order_id}/refund"), &body).await.into_result()
    }

    /// Gives an unpaid order up.
    ///
    /// # Errors
    /// The refusal.
    pub async fn cancel(&self, order_id: i64) -> Result<Order, Box<Refused>> {
        self.post(&format!("/v1/orders/{order_id}/cancel"), &json!({})).await.into_result()
    }

    /// One of their orders, with everything that happened to it.
    pub async fn order(&self, order_id: i64) -> Order {
        self.get(&format!("/v1/orders/{order_id}")).await.ok()
    }

    /// All their orders as the list has them, newest first: without payments, tickets and refunds.
    pub async fn order_list(&self) -> Vec<Order> {
        let mut orders = Vec::new();
        let mut token = String::new();
        loop {
            let path = format!("/v1/orders?page_size=200&page_token={token}");
            let page: OrderPage = self.get(&path).await.ok();
            orders.extend(page.orders);
            if page.next_page_token.is_empty() {
                return orders;
            }
            token = page.next_page_token;
        }
    }

    /// All their orders, with everything that happened to them, newest first.
    pub async fn orders(&self) -> Vec<Order> {
        let mut orders = self.order_list().await;
        for order in &mut orders {
            *order = self.order(order.order_id).await;
        }
        orders
    }
}
