//! Two processes that share databases and a Redis.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use contract::film::SeatState;
use contract::order::GetSeatStatesRequest;
use micro::Clock;
use micro::redis::{Mode, RedisConfig};
use service_order::Config;
use service_order::audit::audit;
use service_order::config::{GateConfig, GateKind};

use super::{Databases, Engine, HOUR_MS, Running, START_MS, databases, start_process};

/// Forty seats.
pub const FORTY: &str = "\
@category s Standard
A: ssssssssss
B: ssssssssss
C: ssssssssss
D: ssssssssss
";
/// How long an answer of Redis may take in tests: the machine may be busy with others.
const PATIENT_MS: u32 = 2_000;

/// Two processes.
pub struct Pair {
    pub a: Running,
    pub b: Running,
}

pub fn gate(urls: Vec<String>, mode: Mode) -> RedisConfig {
    RedisConfig { urls, mode, response_timeout_ms: PATIENT_MS, ..RedisConfig::default() }
}

pub fn config(redis: RedisConfig) -> Config {
    Config { gate: GateConfig { kind: GateKind::Redis, redis }, max_open_orders: 0, ..Config::default() }
}

pub async fn pair(redis: RedisConfig) -> Pair {
    pair_on(&databases(Engine::Postgres), &config(redis), FORTY).await
}

pub async fn pair_on(databases: &Databases, config: &Config, hall: &str) -> Pair {
    let clock = Clock::simulated(START_MS);
    let mut a = start_process(databases, clock.clone(), config).await;
    let mut b = start_process(databases, clock, config).await;
    a.film_sid = a.screening(hall, START_MS + 48 * HOUR_MS).await;
    b.film_sid = a.film_sid;
    Pair { a, b }
}

/// Seats that are not free as a process's seat map has them, and whether each is sold.
pub async fn map(running: &Running) -> BTreeMap<String, bool> {
    let request = GetSeatStatesRequest { film_sid: running.film_sid };
    let states = running.internal.clone().get_seat_states(request).await.unwrap().into_inner();
    let held = states.held.into_iter().map(|seat| (seat, false));
    held.chain(states.sold.into_iter().map(|seat| (seat, true))).collect()
}

impl Pair {
    pub fn both(&self) -> [&Running; 2] {
        [&self.a, &self.b]
    }

    pub fn gate_key(&self) -> String {
        format!("marquee:gate:{{{}}}", self.a.film_sid)
    }

    /// What a process's map says of a seat, asked as buyers ask.
    pub async fn states(&self, seat: &str) -> [SeatState; 2] {
        [self.a.seat(seat).await, self.b.seat(seat).await]
    }

    /// The seats the database has, and whether each is sold; every row is as it must be.
    pub async fn audited(&self) -> BTreeMap<String, bool> {
        let database = self.a.order_database().await;
        assert_eq!(audit(&database, &self.a.clock, 10).await.unwrap().differences, []);
        let text =
            "SELECT seat, state FROM seat_claim JOIN orders USING (order_id) WHERE seat_claim.film_sid = $1";
        let rows: Vec<(String, i64)> =
            sqlx::query_as(text).bind(self.a.film_sid).fetch_all(database.pool()).await.unwrap();
        rows.into_iter().map(|(seat, state)| (seat, state != 1)).collect()
    }

    /// Waits, without asking the services anything, until the gate in Redis is whole and says what the database says.
    pub async fn until_gate_is_right(&self, cli: impl Fn(&[&str]) -> String) {
        let (key, began) = (self.gate_key(), Instant::now());
        let expected = self.audited().await;
        loop {
            let found = gate_seats(&cli(&["hgetall", &key]));
            if found.as_ref() == Some(&expected) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "the gate says {found:?}, not {expected:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Waits until the seat map believes the gate: a gate that was just made may miss something.
pub async fn until_gate_is_believed(pair: &Pair, cli: impl Fn(&[&str]) -> String) {
    pair.until_gate_is_right(&cli).await;
    let built: i64 = cli(&["hget", &pair.gate_key(), "#built"]).parse().unwrap();
    let age = || Clock::system().now_ms() - built;
    super::until("the gate is old enough", || async { age() > 1_000 }).await;
}

/// Seats that are not free in what `HGETALL` printed; `None` where the gate is not whole.
fn gate_seats(printed: &str) -> Option<BTreeMap<String, bool>> {
    let lines: Vec<&str> = printed.lines().collect();
    let fields: Vec<(&str, &str)> = lines.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    fields.iter().find(|(field, _)| *field == "#built")?;
    let seats = fields.iter().filter_map(|(field, value)| Some((field.strip_prefix("c:")?, *value)));
    let taken = seats.filter(|(_, value)| !value.starts_with('f'));
    Some(taken.map(|(seat, value)| (seat.to_owned(), value.starts_with('s'))).collect())
}
