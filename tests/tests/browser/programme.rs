//! What the cinemas of the tests show.

use serde_json::{Value, json};
use tests::catalogue::PRICES;
use tests::wait::now_ms;
use tests::{Person, TestCluster};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const HOUR_MS: i64 = DAY_MS / 24;

/// Two cinemas in two cities, two films, and what is on on two days.
///
/// | | Kino Centraal, Utrecht | 大光明电影院, 上海 |
/// |---|---|---|
/// | first day | Amélie, French, 2D, twice | The Wandering Earth, Mandarin, IMAX |
/// | second day | The Wandering Earth, Mandarin, 2D | |
#[derive(Debug, Clone)]
pub struct Programme {
    pub utrecht: i64,
    pub shanghai: i64,
    pub amelie: i64,
    /// The hall and the price list of Utrecht.
    pub hall: i64,
    pub price_list: i64,
    /// The first screening of Amélie: rows `A` to `D` of eight seats, `D` of Premium.
    pub screening: i64,
    /// The days as both cinemas' clocks show them, `2026-11-24`.
    pub first_day: String,
    pub second_day: String,
}

impl Programme {
    /// Plans it.
    pub async fn plan(cluster: &TestCluster) -> Self {
        let admin = cluster.admin().await;
        let utrecht = Cinema::open(admin, "Kino Centraal", "Utrecht", "Europe/Amsterdam", "EUR").await;
        let shanghai = Cinema::open(admin, "大光明电影院", "上海", "Asia/Shanghai", "CNY").await;
        let amelie = json!({
            "title": "Le Fabuleux Destin d'Amélie Poulain", "titles": { "en": "Amélie", "zh": "天使爱美丽" },
            "minutes": 122, "rating": "12", "genres": ["Romance", "Comedy"], "director": "Jean-Pierre Jeunet",
            "release_date": "2001-04-25", "synopsis": "A waitress in Montmartre mends the lives of others.",
            "popularity": 20,
        });
        let amelie = made(admin, "/v1/films", &amelie, "film_id").await;
        let earth = json!({
            "title": "流浪地球", "titles": { "en": "The Wandering Earth", "zh": "流浪地球" },
            "minutes": 125, "genres": ["Science fiction"], "popularity": 10,
        });
        let earth = made(admin, "/v1/films", &earth, "film_id").await;
        // Noon in Greenwich is the same day at both.
        let first = (now_ms() / DAY_MS + 2) * DAY_MS + 12 * HOUR_MS;
        let second = first + DAY_MS;
        let screening = utrecht.show(admin, amelie, first, "fr", "2D").await;
        utrecht.show(admin, amelie, first + 4 * HOUR_MS, "fr", "2D").await;
        shanghai.show(admin, earth, first, "zh", "IMAX").await;
        let last = utrecht.show(admin, earth, second, "zh", "2D").await;
        Self {
            utrecht: utrecht.cinema_id,
            shanghai: shanghai.cinema_id,
            amelie,
            hall: utrecht.hall_id,
            price_list: utrecht.price_list_id,
            screening,
            first_day: day(cluster, screening).await,
            second_day: day(cluster, last).await,
        }
    }

    /// Amélie in Utrecht at another time, milliseconds UTC.
    pub async fn amelie_at(&self, cluster: &TestCluster, starts_at: i64) -> i64 {
        let (cinema_id, hall_id, price_list_id) = (self.utrecht, self.hall, self.price_list);
        let utrecht = Cinema { cinema_id, hall_id, price_list_id };
        utrecht.show(cluster.admin().await, self.amelie, starts_at, "fr", "2D").await
    }

    /// The start page on the first day.
    pub fn first(&self) -> String {
        format!("/?day={}", self.first_day)
    }
}

struct Cinema {
    cinema_id: i64,
    hall_id: i64,
    price_list_id: i64,
}

impl Cinema {
    async fn open(admin: &Person, name: &str, city: &str, time_zone: &str, currency: &str) -> Self {
        let cinema = json!({
            "name": name, "city": city, "address": "1 Station Square", "time_zone": time_zone, "currency": currency,
        });
        let cinema_id = made(admin, "/v1/cinemas", &cinema, "cinema_id").await;
        let drawing = "@category s #3b82f6 Standard\n@category p #ec4899 Premium\n\
                       A: ssss_ssss\nB: ssss_ssss\nC: ssss_ssss\nD: pppp_pppp\n";
        let hall = json!({ "name": "1", "plan": { "drawing": drawing } });
        let hall: Value = admin.post(&format!("/v1/cinemas/{cinema_id}/halls"), &hall).await.ok();
        let mut prices = Vec::new();
        for (extra, category) in (0_i64..).step_by(500).zip(hall["categories"].as_array().unwrap()) {
            for (ticket_type, amount) in PRICES {
                prices.push(
                    json!({ "category": category, "ticket_type": ticket_type, "amount": amount + extra }),
                );
            }
        }
        let prices = json!({ "name": "All days", "prices": prices });
        let path = format!("/v1/cinemas/{cinema_id}/price-lists");
        let price_list_id = made(admin, &path, &prices, "price_list_id").await;
        Self { cinema_id, hall_id: hall["hall_id"].as_i64().unwrap(), price_list_id }
    }

    async fn show(&self, admin: &Person, film_id: i64, starts_at: i64, language: &str, format: &str) -> i64 {
        let screening = json!({
            "film_id": film_id, "hall_id": self.hall_id, "price_list_id": self.price_list_id,
            "starts_at": starts_at, "language": language, "format": format,
        });
        made(admin, "/v1/screenings", &screening, "film_sid").await
    }
}

async fn made(admin: &Person, path: &str, body: &Value, id: &str) -> i64 {
    let answer: Value = admin.post(path, body).await.ok();
    answer[id].as_i64().unwrap_or_else(|| panic!("{path}: no {id} in {answer}"))
}

/// The day on which a screening begins, where it is shown.
async fn day(cluster: &TestCluster, film_sid: i64) -> String {
    let found: Value = cluster.client().get("/v1/screenings?page_size=100").await.ok();
    let screenings = found["screenings"].as_array().unwrap();
    let screening = screenings.iter().find(|screening| screening["film_sid"] == film_sid).unwrap();
    screening["starts_local"].as_str().unwrap()[..10].to_owned()
}
