//! PostgreSQL and Redis for the system, and what they can do by themselves.

use std::time::{Duration, Instant};

use servers::{Postgres, Redis};
use service_order::config::GateKind;

/// One order of two seats as a plain implementation writes it: four statements.
const ONE_ORDER: &str = "\\set user random(1000000, 1199999)
BEGIN;
INSERT INTO orders (order_id, film_sid, cinema_id, user_id, state, items, amount, currency, starts_at, created_at,
 expires_at, sweep_at, paid_at) VALUES (nextval('ceiling_id'), currval('ceiling_id') / 250, 1, :user, 1,
 '[{\"s\":\"A1\",\"t\":1,\"c\":\"Standard\",\"p\":1200},{\"s\":\"A2\",\"t\":1,\"c\":\"Standard\",\"p\":1200}]', 2400, 'EUR',
 1800000000000, 1790000000000, 1790000600000, 1790000600000, 0);
INSERT INTO seat_claim (film_sid, seat, order_id) VALUES
 (currval('ceiling_id') / 250, 'A' || currval('ceiling_id') % 250 * 2, currval('ceiling_id')),
 (currval('ceiling_id') / 250, 'A' || currval('ceiling_id') % 250 * 2 + 1, currval('ceiling_id')) ON CONFLICT DO NOTHING;
COMMIT;
";
/// Two seats, both or none, in the plainest way.
const TWO_SEATS: &str = "if redis.call('HEXISTS', KEYS[1], ARGV[1]) + redis.call('HEXISTS', KEYS[1], ARGV[2]) > 0 \
     then return 0 end redis.call('HSET', KEYS[1], ARGV[1], 'h', ARGV[2], 'h') return 1";
/// Calls of one slice: some seconds' worth.
const CALLS: u64 = 150_000;

/// A private server of each, as durable as in production.
pub struct Engines {
    postgres: Postgres,
    redis: Redis,
}

impl Engines {
    /// Starts them.
    ///
    /// # Panics
    /// Where they are not installed, with what to do.
    #[must_use]
    pub fn start() -> Self {
        let engines = Self { postgres: Postgres::start(), redis: Redis::start() };
        for name in ["users", "films", "orders"] {
            let _ = engines.postgres.database(name);
        }
        engines
    }

    /// Has the services use them.
    pub fn configure(
        &self,
        user: &mut service_user::Config,
        film: &mut service_film::Config,
        order: &mut service_order::Config,
    ) {
        user.database.url = self.postgres.url("users");
        film.database.url = self.postgres.url("films");
        order.database.url = self.postgres.url("orders");
        order.gate.kind = GateKind::Redis;
        order.gate.redis.urls = vec![self.redis.url()];
    }

    /// Orders of two seats, each in a transaction of its own: how many, in which time.
    #[must_use]
    pub fn one_order_a_transaction(&self, time: Duration) -> (u64, Duration) {
        let name = "ceiling";
        if self.postgres.query("postgres", "SELECT 1 FROM pg_database WHERE datname = 'ceiling'").is_empty() {
            self.postgres.same_tables(name, "orders");
            let _ = self.postgres.query(name, "CREATE SEQUENCE ceiling_id CACHE 1000");
        }
        let seconds = time.as_secs().max(1);
        (self.postgres.pgbench(name, ONE_ORDER, seconds), Duration::from_secs(seconds))
    }

    /// Calls of a script that takes two seats or none: how many, in which time.
    #[must_use]
    pub fn two_seats(&self) -> (u64, Duration) {
        let script = self.redis.cli(&["SCRIPT", "LOAD", TWO_SEATS]);
        let began = Instant::now();
        self.redis.benchmark(CALLS, &["EVALSHA", &script, "1", "hall:__rand_int__", "A1", "A2"]);
        (CALLS, began.elapsed())
    }

    /// A number of the order database.
    ///
    /// # Errors
    /// An answer that is none.
    pub fn number(&self, query: &str) -> anyhow::Result<i64> {
        Ok(self.postgres.query("orders", query).parse()?)
    }
}
