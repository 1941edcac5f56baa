//! The servers that processes of one system share.

use std::thread;

use servers::{Consul, Postgres, Redis, RedisCluster};

use crate::Settings;

/// How long Consul believes in a process that says nothing, milliseconds: short, so that tests see it end.
const TTL_MS: u32 = 3_000;

/// A PostgreSQL, a Redis and a Consul of a system's own.
pub struct Engines {
    /// The books.
    pub postgres: Postgres,
    /// The seat gate.
    pub redis: Gate,
    /// Who is where.
    pub consul: Consul,
}

/// Where the seat gate is.
pub enum Gate {
    /// In one server.
    Alone(Redis),
    /// In three masters with a replica each.
    Cluster(RedisCluster),
}

impl Engines {
    /// One server of each.
    ///
    /// # Panics
    /// Where one is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(|| Gate::Alone(Redis::start()), Consul::start)
    }

    /// PostgreSQL, a Redis Cluster, and three servers of Consul.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use]
    pub fn start_clustered() -> Self {
        Self::start_with(|| Gate::Cluster(RedisCluster::start()), Consul::start_three)
    }

    fn start_with(redis: fn() -> Gate, consul: fn() -> Consul) -> Self {
        thread::scope(|scope| {
            let (redis, consul) = (scope.spawn(redis), scope.spawn(consul));
            let postgres = Postgres::start();
            for name in ["users", "films", "orders"] {
                let _ = postgres.database(name);
            }
            let started = "a server starts";
            Self { postgres, redis: redis.join().expect(started), consul: consul.join().expect(started) }
        })
    }

    /// Settings of processes that use them.
    #[must_use]
    pub fn settings(&self, settings: Settings) -> Settings {
        let (mode, redis) = match &self.redis {
            Gate::Alone(redis) => ("standalone", vec![redis.url()]),
            Gate::Cluster(cluster) => ("cluster", cluster.urls()),
        };
        let consul: Vec<String> = (0..self.consul.servers()).map(|at| self.consul.address(at)).collect();
        settings
            .with("registry.kind", "consul")
            .with("registry.address", consul.join(","))
            .with("registry.ttl_ms", TTL_MS)
            .with("user.database.url", self.postgres.url("users"))
            .with("film.database.url", self.postgres.url("films"))
            .with("order.database.url", self.postgres.url("orders"))
            .with("order.gate.kind", "redis")
            .with("order.gate.redis.urls", redis.join(","))
            .with("order.gate.redis.mode", mode)
            .with("ports.user.listen", "127.0.0.1:0")
            .with("ports.film.listen", "127.0.0.1:0")
            .with("ports.order.listen", "127.0.0.1:0")
    }
}
