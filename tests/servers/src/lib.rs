//! Real servers for tests: private ones, on ports of their own, in temporary folders.
//!
//! A server ends with the value that stands for it, and also when the test
//! process dies in any way. A server that is not installed fails the test with
//! what to do; it is never passed over. `tests/tools/servers.sh` installs all.

mod certificate;
mod chromedriver;
mod consul;
mod greeter;
mod guarded;
mod ports;
mod postgres;
mod program;
mod prometheus;
mod redis;

pub use certificate::certificate;
pub use chromedriver::Chromedriver;
pub use consul::Consul;
pub use greeter::Greeter;
pub use ports::free_port;
pub use postgres::Postgres;
pub use prometheus::{Prometheus, promtool};
pub use redis::{Redis, RedisCluster};
