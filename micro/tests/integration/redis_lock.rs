//! Locks and elections with a real Redis.

use std::time::{Duration, Instant};

use micro::Tasks;
use micro::redis::{Election, Lock, Locks, Presence, Redis, RedisConfig};

const LIFE: Duration = Duration::from_millis(600);

async fn redis(server: &servers::Redis, tasks: &Tasks) -> Redis {
    let config = RedisConfig { urls: vec![server.url()], response_timeout_ms: 300, ..RedisConfig::default() };
    Redis::start(&config, tasks).await.unwrap()
}

async fn take(locks: &Locks) -> Option<Lock> {
    locks.acquire("job", "tests", LIFE).await.unwrap()
}

async fn until_lost(lock: &Lock, patience: Duration) {
    tokio::time::timeout(patience, lock.lost().cancelled()).await.expect("the loss is noticed");
}

#[tokio::test]
async fn one_has_it_and_numbers_rise() {
    let server = servers::Redis::start();
    let locks = Locks::new(redis(&server, &Tasks::default()).await);
    let first = take(&locks).await.unwrap();
    assert!(take(&locks).await.is_none());
    let number = first.number();
    first.release().await;
    let second = take(&locks).await.unwrap();
    assert!(second.number() > number);
    // Redis forgets everything; numbers go on rising.
    let number = second.number();
    server.cli(&["flushall"]);
    let third = take(&locks).await.unwrap();
    assert!(third.number() > number);
    // Another lock is another lock.
    assert!(locks.acquire("other", "tests", LIFE).await.unwrap().is_some());
}

#[tokio::test]
async fn it_is_kept_for_as_long_as_its_holder_lives() {
    let server = servers::Redis::start();
    let locks = Locks::new(redis(&server, &Tasks::default()).await);
    let lock = take(&locks).await.unwrap();
    tokio::time::sleep(LIFE * 2).await;
    assert!(!lock.lost().is_cancelled());
    assert!(take(&locks).await.is_none());
}

#[test]
fn it_ends_with_its_holder() {
    let server = servers::Redis::start();
    let holder = tokio::runtime::Runtime::new().unwrap();
    let lock = holder.block_on(async {
        let locks = Locks::new(redis(&server, &Tasks::default()).await);
        take(&locks).await.unwrap()
    });
    // As a process does that is killed: nothing is given back.
    holder.shutdown_background();
    let other = tokio::runtime::Runtime::new().unwrap();
    other.block_on(async {
        let locks = Locks::new(redis(&server, &Tasks::default()).await);
        assert!(take(&locks).await.is_none());
        let began = Instant::now();
        let next = loop {
            if let Some(next) = take(&locks).await {
                break next;
            }
            assert!(began.elapsed() < LIFE * 3, "the lock of the dead does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert!(next.number() > lock.number());
    });
    std::mem::forget(lock);
}

#[tokio::test]
async fn a_loss_is_noticed_and_the_lock_of_another_is_not_given_back() {
    let server = servers::Redis::start();
    let locks = Locks::new(redis(&server, &Tasks::default()).await);
    let first = take(&locks).await.unwrap();
    server.cli(&["flushall"]);
    let second = take(&locks).await.unwrap();
    until_lost(&first, LIFE).await;
    first.release().await;
    assert!(take(&locks).await.is_none(), "the second holder's lock was given back by the first");
    drop(second);
    let began = Instant::now();
    while take(&locks).await.is_none() {
        assert!(began.elapsed() < LIFE, "a dropped lock is given back at once");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn it_is_lost_when_redis_is_away_for_its_life() {
    let mut server = servers::Redis::start();
    let locks = Locks::new(redis(&server, &Tasks::default()).await);
    let lock = take(&locks).await.unwrap();
    let began = Instant::now();
    server.stop();
    until_lost(&lock, LIFE * 3).await;
    assert!(began.elapsed() >= LIFE / 2, "lost too early: {:?}", began.elapsed());
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(10), "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn one_is_elected_its_successor_when_it_stops_and_all_without_redis() {
    let mut server = servers::Redis::start();
    let processes = [Tasks::default(), Tasks::default()];
    let mut elections = Vec::new();
    for tasks in &processes {
        elections.push(Election::shared(redis(&server, tasks).await, "work", tasks));
    }
    let [first, second] = [&elections[0], &elections[1]];
    until("one is elected", || first.is_ours() || second.is_ours()).await;
    let elected = usize::from(!first.is_ours());
    for _ in 0..50 {
        assert_ne!(first.is_ours(), second.is_ours());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(processes[elected].shut_down(Duration::from_secs(5)).await);
    until("the other is elected", || elections[1 - elected].is_ours()).await;
    server.stop();
    until("both do it", || first.is_ours() && second.is_ours()).await;
}

#[test]
fn alone_it_is_always_ours() {
    assert!(Election::Alone.is_ours());
}

#[tokio::test]
async fn who_ends_without_a_word_is_missed_and_who_stops_is_not() {
    let server = servers::Redis::start();
    let (ours, stopping) = (Tasks::default(), Tasks::default());
    let mut losses = Presence::start(redis(&server, &ours).await, "tests", &ours);
    let _ = Presence::start(redis(&server, &stopping).await, "tests", &stopping);
    let killed = tokio::runtime::Runtime::new().unwrap();
    killed.spawn({
        let tasks = Tasks::default();
        let redis = redis(&server, &tasks).await;
        async move {
            let _ = Presence::start(redis, "tests", &tasks);
            std::future::pending::<()>().await;
        }
    });
    let present = || server.cli(&["zcard", "marquee:{presence}:tests"]);
    until("all three are there", || present() == "3").await;
    assert!(stopping.shut_down(Duration::from_secs(5)).await);
    assert_eq!(present(), "2");
    killed.shutdown_background();
    let noticed = tokio::time::timeout(Duration::from_secs(6), losses.changed());
    noticed.await.expect("the loss is noticed in time").unwrap();
    // Noticed once, by silence; who stopped was never missed.
    assert_eq!(server.cli(&["get", "marquee:{presence}:tests:lost"]), "1");
}

#[tokio::test]
async fn what_somebody_else_wrote_keeps_nobody_out_for_ever() {
    let server = servers::Redis::start();
    let tasks = Tasks::default();
    let locks = Locks::new(redis(&server, &tasks).await);
    take(&locks).await.unwrap().release().await;
    let keys = server.cli(&["--scan"]);
    let keys: Vec<&str> = keys.lines().collect();
    assert!(!keys.is_empty());
    let lock = keys[0].trim_end_matches(":fence");
    for (command, value) in [("sadd", "x"), ("set", "x")] {
        for key in [lock.to_owned(), format!("{lock}:fence")] {
            server.cli(&["del", &key]);
            server.cli(&[command, &key, value]);
        }
        let taken = take(&locks).await.expect("it is replaced");
        server.cli(&["del", lock]);
        server.cli(&["sadd", lock, "x"]);
        until_lost(&taken, LIFE * 3).await;
    }
}
