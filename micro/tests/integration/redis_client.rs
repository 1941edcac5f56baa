//! The Redis client with real servers: away and back, passwords, encryption, a cluster that fails over, messages.

use std::time::{Duration, Instant};

use micro::Tasks;
use micro::redis::{Failure, Message, Mode, Redis, RedisConfig, Script, Subscriptions, cmd};
use tokio::sync::mpsc::Receiver;

fn config(url: String) -> RedisConfig {
    RedisConfig { urls: vec![url], response_timeout_ms: 500, ..RedisConfig::default() }
}

async fn set(redis: &Redis, key: &str, value: &str) -> Result<(), Failure> {
    redis.query::<()>(key, cmd("SET").arg(key).arg(value)).await
}

async fn get(redis: &Redis, key: &str) -> Result<Option<String>, Failure> {
    redis.query(key, cmd("GET").arg(key)).await
}

/// Tries until it works.
async fn until_set(redis: &Redis, key: &str) {
    let began = Instant::now();
    while set(redis, key, "again").await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(20), "redis does not come back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn nobody_waits_for_a_redis_that_is_away_and_its_return_is_noticed() {
    let mut server = servers::Redis::start();
    let tasks = Tasks::default();
    let config = RedisConfig { response_timeout_ms: 50, ..config(server.url()) };
    let redis = Redis::start(&config, &tasks).await.unwrap();
    until_set(&redis, "a").await;
    let mut losses = redis.losses();
    losses.mark_unchanged();
    server.stop();
    let began = Instant::now();
    for _ in 0..1_000 {
        assert!(matches!(get(&redis, "a").await, Err(Failure::Away(_))));
    }
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    assert!(!redis.is_there("a"));
    server.restart();
    tokio::time::timeout(Duration::from_secs(5), losses.changed()).await.unwrap().unwrap();
    until_set(&redis, "a").await;
}

#[tokio::test]
async fn a_process_starts_without_redis_and_finds_it_later() {
    let mut server = servers::Redis::start();
    server.stop();
    let redis = Redis::start(&config(server.url()), &Tasks::default()).await.unwrap();
    assert!(get(&redis, "a").await.is_err());
    server.restart();
    until_set(&redis, "a").await;
}

#[tokio::test]
async fn a_script_is_known_again_after_a_restart() {
    let mut server = servers::Redis::start();
    let redis = Redis::start(&config(server.url()), &Tasks::default()).await.unwrap();
    let script = Script::new("return redis.call('INCRBY', KEYS[1], ARGV[1])");
    let add = async |n: i64| redis.run::<i64>(&script, &["n"], |call| _ = call.arg(n)).await;
    assert_eq!(add(2).await.unwrap(), 2);
    assert_eq!(add(3).await.unwrap(), 5);
    server.restart();
    until_set(&redis, "other").await;
    assert_eq!(add(4).await.unwrap(), 4);
    assert!(matches!(get(&redis, "n").await, Ok(Some(n)) if n == "4"));
    // What Redis refuses is no reason to think it away.
    assert!(matches!(redis.query::<()>("n", cmd("LPUSH").arg("n").arg(1)).await, Err(Failure::Refused(_))));
    assert!(redis.is_there("n"));
}

#[tokio::test]
async fn a_password_is_needed_and_never_shown() {
    let server = servers::Redis::start_with(&["--requirepass", "open sesame"]);
    let right = RedisConfig { password: "open sesame".to_owned().into(), ..config(server.url()) };
    let redis = Redis::start(&right, &Tasks::default()).await.unwrap();
    set(&redis, "a", "b").await.unwrap();
    let wrong = RedisConfig { password: "open barley".to_owned().into(), ..config(server.url()) };
    let redis = Redis::start(&wrong, &Tasks::default()).await.unwrap();
    let failure = set(&redis, "a", "c").await.unwrap_err();
    assert!(!format!("{failure:?} {failure} {redis:?}").contains("barley"));
}

#[tokio::test]
async fn a_connection_is_encrypted_and_the_server_verified() {
    let dir = tempfile::tempdir().unwrap();
    let [key, cert] = servers::certificate(dir.path(), "DNS:localhost,IP:127.0.0.1");
    let port = servers::free_port();
    let server = servers::Redis::start_with(&[
        "--tls-port",
        &port.to_string(),
        "--tls-cert-file",
        &cert,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &cert,
        "--tls-auth-clients",
        "no",
    ]);
    let url = format!("rediss://localhost:{port}");
    let trusting = RedisConfig { ca_file: Some(cert.into()), ..config(url.clone()) };
    let redis = Redis::start(&trusting, &Tasks::default()).await.unwrap();
    set(&redis, "a", "b").await.unwrap();
    assert_eq!(server.cli(&["get", "a"]), "b");
    let doubting = Redis::start(&config(url), &Tasks::default()).await.unwrap();
    assert!(set(&doubting, "a", "c").await.is_err());
}

#[tokio::test]
async fn a_cluster_fails_over_and_goes_on() {
    let mut cluster = servers::RedisCluster::start();
    let config = RedisConfig { urls: cluster.urls(), mode: Mode::Cluster, ..config(String::new()) };
    let tasks = Tasks::default();
    let redis = Redis::start(&config, &tasks).await.unwrap();
    let (subscriptions, mut messages) = Subscriptions::start(redis.clone(), &tasks);
    until_set(&redis, "{one}a").await;
    subscriptions.listen("{one}news").await.unwrap();
    publish(&redis, "{one}news", "before").await;
    expect(&mut messages, "{one}news", "before").await;
    cluster.stop(cluster.master_of("{one}a"));
    until_set(&redis, "{one}a").await;
    // It listens at the new master before long.
    let began = Instant::now();
    loop {
        publish(&redis, "{one}news", "after").await;
        let heard = tokio::time::timeout(Duration::from_millis(100), heard(&mut messages, "after")).await;
        if heard.is_ok() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(15), "nothing is heard after the fail-over");
    }
}

async fn publish(redis: &Redis, channel: &str, text: &str) {
    let how = if redis.is_cluster() { "SPUBLISH" } else { "PUBLISH" };
    // Where it is away, nothing is heard and the caller tries again.
    let _ = redis.query::<i64>(channel, cmd(how).arg(channel).arg(text)).await;
}

/// Waits for a message, whatever else comes.
async fn heard(messages: &mut Receiver<Message>, text: &str) {
    while let Some(message) = messages.recv().await {
        if matches!(message, Message::Published { payload, .. } if payload == text.as_bytes()) {
            return;
        }
    }
}

async fn expect(messages: &mut Receiver<Message>, channel: &str, text: &str) {
    let expected = Message::Published { channel: channel.to_owned(), payload: text.into() };
    let next = tokio::time::timeout(Duration::from_secs(5), messages.recv()).await;
    assert_eq!(next.unwrap().unwrap(), expected);
}

#[tokio::test]
async fn messages_come_in_and_a_gap_is_said() {
    let mut server = servers::Redis::start();
    let tasks = Tasks::default();
    let redis = Redis::start(&config(server.url()), &tasks).await.unwrap();
    let (subscriptions, mut messages) = Subscriptions::start(redis.clone(), &tasks);
    subscriptions.listen("news").await.unwrap();
    subscriptions.listen("weather").await.unwrap();
    publish(&redis, "news", "one").await;
    expect(&mut messages, "news", "one").await;
    publish(&redis, "other", "unheard").await;
    publish(&redis, "weather", "rain").await;
    expect(&mut messages, "weather", "rain").await;
    subscriptions.leave("weather").await;
    publish(&redis, "weather", "sun").await;
    publish(&redis, "news", "two").await;
    expect(&mut messages, "news", "two").await;
    server.restart();
    // Once when it was lost, and once when it was mended.
    for _ in 0..2 {
        let next = tokio::time::timeout(Duration::from_secs(5), messages.recv()).await;
        assert_eq!(next.unwrap().unwrap(), Message::Missed);
    }
    until_set(&redis, "a").await;
    publish(&redis, "news", "three").await;
    expect(&mut messages, "news", "three").await;
}

#[tokio::test]
async fn the_account_that_the_documentation_gives_is_enough_to_work_and_to_look() {
    let text = include_str!("../../../docs/deployment.md");
    let line = text.lines().find_map(|line| line.split_once("`ACL SETUSER ")?.1.split_once('`')).unwrap().0;
    let server = servers::Redis::start();
    let rules = line.replace(">PASSWORD", ">secret");
    let words: Vec<&str> = ["ACL", "SETUSER"].into_iter().chain(rules.split(' ')).collect();
    assert_eq!(server.cli(&words).trim(), "OK");
    let config = RedisConfig {
        user: words[2].to_owned(),
        password: "secret".to_owned().into(),
        ..config(server.url())
    };
    let seen = Redis::look(&config).await.unwrap();
    assert!(seen.seconds > 0.0, "{seen:?}");
    let tasks = Tasks::default();
    let redis = Redis::start(&config, &tasks).await.unwrap();
    until_set(&redis, "marquee:a").await;
    tasks.shut_down(Duration::from_secs(5)).await;
}
