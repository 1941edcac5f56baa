//! Sentinels that name another master when the first one dies.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use micro::Tasks;
use micro::redis::{Mode, Redis, RedisConfig, cmd};

/// A sentinel that ends with the test.
struct Sentinel(Child);

impl Sentinel {
    fn start(folder: &std::path::Path, port: u16, master: u16) -> Self {
        let file = folder.join("sentinel.conf");
        let settings = format!(
            "port {port}\nbind 127.0.0.1\ndir {}\nsentinel monitor seats 127.0.0.1 {master} 1\n\
             sentinel down-after-milliseconds seats 500\nsentinel failover-timeout seats 3000\n",
            folder.display()
        );
        std::fs::write(&file, settings).unwrap();
        let command = Command::new("redis-server").arg(&file).arg("--sentinel").stdout(Stdio::null()).spawn();
        Self(command.unwrap())
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

async fn until_set(redis: &Redis, value: &str) {
    let began = Instant::now();
    while redis.query::<()>("a", cmd("SET").arg("a").arg(value)).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(30), "no master is found");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_master_is_found_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = servers::Redis::start();
    let replica_of = format!("127.0.0.1 {}", first.port());
    let second = servers::Redis::start_with(&["--replicaof", &replica_of, "--repl-diskless-sync-delay", "0"]);
    let port = servers::free_port();
    let _sentinel = Sentinel::start(folder.path(), port, first.port());
    let config = RedisConfig {
        urls: vec![format!("redis://127.0.0.1:{port}")],
        mode: Mode::Sentinel,
        sentinel_master: "seats".to_owned(),
        response_timeout_ms: 500,
        ..RedisConfig::default()
    };
    let redis = Redis::start(&config, &Tasks::default()).await.unwrap();
    until_set(&redis, "one").await;
    assert_eq!(first.cli(&["get", "a"]), "one");
    // A sentinel knows of replicas only from its master, which it asks every now and then.
    let sentinel = |what: &[&str]| {
        let output = Command::new("redis-cli").args(["-p", &port.to_string()]).args(what).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let began = Instant::now();
    while !sentinel(&["sentinel", "replicas", "seats"]).contains(&second.port().to_string()) {
        assert!(began.elapsed() < Duration::from_secs(30), "the sentinel does not see the replica");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    first.stop();
    until_set(&redis, "two").await;
    assert_eq!(second.cli(&["get", "a"]), "two");
}
