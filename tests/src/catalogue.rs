//! Cinemas, halls and screenings, set up in few words.

use serde_json::{Value, json};

use crate::wait::now_ms;
use crate::{Person, TestCluster};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Adult, child, student, senior: what a seat of the first category costs; each further one costs 500 more.
pub const PRICES: [(&str, i64); 4] = [("ADULT", 1_200), ("CHILD", 700), ("STUDENT", 950), ("SENIOR", 900)];

/// A screening to plan.
#[derive(Debug, Clone)]
pub struct ScreeningPlan {
    drawing: String,
    starts_at: i64,
    more: Value,
}

/// A screening, with all that it stands on.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Screening {
    pub film_sid: i64,
    pub film_id: i64,
    pub cinema_id: i64,
    pub hall_id: i64,
    pub price_list_id: i64,
    pub starts_at: i64,
}

impl ScreeningPlan {
    /// Two days from now, in a hall drawn so. `s` is a seat of category Standard, `p` of Premium.
    #[must_use]
    pub fn new(rows: &str) -> Self {
        let drawing = format!("@category s #3b82f6 Standard\n@category p #ec4899 Premium\n{rows}");
        Self { drawing, starts_at: now_ms() + 2 * DAY_MS, more: json!({}) }
    }

    /// Rows `A`, `B`, ... of so many ordinary seats each.
    #[must_use]
    pub fn rows(rows: u8, seats: usize) -> Self {
        let row = |row: u8| format!("{}: {}\n", char::from(b'A' + row), "s".repeat(seats));
        Self::new(&(0..rows).map(row).collect::<String>())
    }

    /// Begins in so many minutes.
    #[must_use]
    pub fn in_minutes(mut self, minutes: i64) -> Self {
        self.starts_at = now_ms() + minutes * MINUTE_MS;
        self
    }

    /// Sets another field of the screening.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.more[field] = value.into();
        self
    }
}

impl TestCluster {
    /// A screening in a new cinema with a new hall, film and price list.
    pub async fn screening(&self, plan: &ScreeningPlan) -> Screening {
        let admin = self.admin().await;
        let number = self.next_number();
        let cinema = json!({
            "name": format!("Cinema {number}"), "city": "Utrecht", "time_zone": "Europe/Amsterdam", "currency": "EUR",
        });
        let cinema_id = create(admin, "/v1/cinemas", &cinema, "cinema_id").await;
        let hall = json!({ "name": "Hall 1", "plan": { "drawing": plan.drawing } });
        let hall: Value = admin.post(&format!("/v1/cinemas/{cinema_id}/halls"), &hall).await.ok();
        let hall_id = hall["hall_id"].as_i64().unwrap();
        let prices = json!({ "name": "All days", "prices": prices(&hall["categories"]) });
        let path = format!("/v1/cinemas/{cinema_id}/price-lists");
        let price_list_id = create(admin, &path, &prices, "price_list_id").await;
        let film = json!({ "title": format!("Film {number}"), "minutes": 100 });
        let film_id = create(admin, "/v1/films", &film, "film_id").await;
        let mut screening = json!({
            "film_id": film_id, "hall_id": hall_id, "price_list_id": price_list_id,
            "starts_at": plan.starts_at, "language": "en",
        });
        for (field, value) in plan.more.as_object().unwrap() {
            screening[field] = value.clone();
        }
        let film_sid = create(admin, "/v1/screenings", &screening, "film_sid").await;
        Screening { film_sid, film_id, cinema_id, hall_id, price_list_id, starts_at: plan.starts_at }
    }
}

async fn create(admin: &Person, path: &str, body: &Value, id: &str) -> i64 {
    let answer: Value = admin.post(path, body).await.ok();
    answer[id].as_i64().unwrap_or_else(|| panic!("{path}: no {id} in {answer}"))
}

fn prices(categories: &Value) -> Vec<Value> {
    let mut prices = Vec::new();
    for (extra, category) in (0_i64..).step_by(500).zip(categories.as_array().unwrap()) {
        for (ticket_type, amount) in PRICES {
            prices
                .push(json!({ "category": category, "ticket_type": ticket_type, "amount": amount + extra }));
        }
    }
    prices
}
