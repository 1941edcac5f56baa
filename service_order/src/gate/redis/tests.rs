//! The scripts in a real Redis.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

use micro::Tasks;
use micro::redis::{Redis, RedisConfig};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::Screening;
use super::scripts::{Begun, Scripts, Step, Wanted};
use crate::committer::{SeatBecomes, SeatStep};

static SERVER: LazyLock<servers::Redis> = LazyLock::new(servers::Redis::start);
static NEXT: AtomicI64 = AtomicI64::new(1);
const LIFE_MS: u64 = 60_000;

struct Bench {
    scripts: Scripts,
    screening: Screening,
}

async fn bench() -> Bench {
    let config =
        RedisConfig { urls: vec![SERVER.url()], response_timeout_ms: 5_000, ..RedisConfig::default() };
    bench_of(Redis::start(&config, &Tasks::default()).await.unwrap())
}

fn bench_of(redis: Redis) -> Bench {
    let screening = Screening::new(NEXT.fetch_add(1, Ordering::Relaxed), &redis);
    Bench { scripts: Scripts::new(redis), screening }
}

impl Bench {
    async fn make(&self, fence: i64, claimed: &[Step<'_>]) {
        assert_eq!(self.scripts.begin(&self.screening, fence).await.unwrap(), Begun::Empty);
        if !claimed.is_empty() {
            assert!(self.scripts.fill(&self.screening, fence, claimed).await.unwrap());
        }
        assert!(self.scripts.finish(&self.screening, fence).await.unwrap());
    }

    async fn want(&self, token: &str, seats: &[&str]) -> Wanted {
        self.scripts.want(&self.screening, token, LIFE_MS, seats).await.unwrap()
    }

    async fn apply(&self, steps: &[Step<'_>]) -> bool {
        self.scripts.apply(&self.screening, steps).await.unwrap()
    }

    /// Seats that are not free, and whether each is sold; `None` where the gate is not whole.
    async fn seats(&self) -> Option<BTreeMap<String, SeatBecomes>> {
        let snapshot = self.scripts.read(&self.screening).await.unwrap()?.snapshot();
        let held = snapshot.held.iter().map(|seat| (seat.to_string(), SeatBecomes::Held));
        let sold = snapshot.sold.iter().map(|seat| (seat.to_string(), SeatBecomes::Sold));
        Some(held.chain(sold).collect())
    }
}

fn kept() -> Wanted {
    Wanted::Kept { due: false }
}

fn taken(at: &[usize]) -> Wanted {
    Wanted::Taken { at: at.to_vec(), due: false }
}

#[tokio::test]
async fn all_seats_or_none_are_kept() {
    let bench = bench().await;
    assert_eq!(bench.want("a", &["A1"]).await, Wanted::Missing);
    bench.make(1, &[("A1", 7, SeatStep::Sold), ("A2", 8, SeatStep::Held)]).await;
    assert_eq!(bench.want("a", &["A3", "A2", "A1"]).await, taken(&[1, 2]));
    assert_eq!(bench.want("a", &["A3", "A4"]).await, kept());
    assert_eq!(bench.want("b", &["A4", "A5"]).await, taken(&[0]));
    // The same purchase again, where its first answer was lost.
    assert_eq!(bench.want("a", &["A3", "A4"]).await, kept());
    assert_eq!(bench.want("b", &["A5"]).await, kept());
}

#[tokio::test]
async fn a_want_lapses_and_only_its_own_purchase_lets_it_go() {
    let bench = bench().await;
    bench.make(1, &[]).await;
    let short = bench.scripts.want(&bench.screening, "a", 30, &["A1"]).await.unwrap();
    assert_eq!(short, kept());
    assert_eq!(bench.want("b", &["A1"]).await, taken(&[0]));
    tokio::time::sleep(std::time::Duration::from_millis(40)).await;
    assert_eq!(bench.want("b", &["A1"]).await, kept());
    let key = &bench.screening.key;
    bench.scripts.release(key, "a", &["A1"]).await.unwrap();
    assert_eq!(bench.want("c", &["A1"]).await, taken(&[0]));
    bench.scripts.release(key, "b", &["A1"]).await.unwrap();
    assert_eq!(bench.want("c", &["A1"]).await, kept());
    // Committed, it is no longer a want: letting go of it changes nothing.
    assert!(bench.apply(&[("A1", 5, SeatStep::Held)]).await);
    bench.scripts.release(key, "c", &["A1"]).await.unwrap();
    assert_eq!(bench.want("d", &["A1"]).await, taken(&[0]));
}

#[tokio::test]
async fn only_the_latest_who_makes_a_gate_anew_can_finish_it() {
    let bench = bench().await;
    let (scripts, of) = (&bench.scripts, &bench.screening);
    assert_eq!(scripts.begin(of, 5).await.unwrap(), Begun::Empty);
    assert_eq!(scripts.begin(of, 4).await.unwrap(), Begun::Another);
    assert_eq!(scripts.begin(of, 6).await.unwrap(), Begun::Empty);
    assert!(!scripts.fill(of, 5, &[("A1", 1, SeatStep::Held)]).await.unwrap());
    assert!(!scripts.finish(of, 5).await.unwrap());
    assert!(scripts.finish(of, 6).await.unwrap());
    assert_eq!(scripts.begin(of, 7).await.unwrap(), Begun::Good);
    // Found wrong on the way, it is not finished either.
    scripts.invalidate(of).await.unwrap();
    assert_eq!(scripts.begin(of, 8).await.unwrap(), Begun::Empty);
    scripts.invalidate(of).await.unwrap();
    assert!(!scripts.finish(of, 8).await.unwrap());
    assert_eq!(bench.seats().await, None);
    assert!(!bench.apply(&[("A1", 1, SeatStep::Held)]).await);
}

#[tokio::test]
async fn a_change_is_numbered_once_and_no_change_is_not() {
    let bench = bench().await;
    bench.make(1, &[]).await;
    let look = async || bench.scripts.look(&bench.screening).await.unwrap().unwrap().sequence;
    let first = look().await;
    for _ in 0..3 {
        bench.apply(&[("A1", 5, SeatStep::Held), ("A2", 5, SeatStep::Held)]).await;
    }
    assert_eq!(look().await, first + 1);
    bench.apply(&[("A1", 5, SeatStep::Sold)]).await;
    assert_eq!(look().await, first + 2);
    bench.scripts.invalidate(&bench.screening).await.unwrap();
    bench.make(2, &[]).await;
    assert!(look().await > first + 2);
}

#[tokio::test]
async fn who_frees_a_seat_says_whose_it_was() {
    let bench = bench().await;
    bench.make(1, &[]).await;
    // Order 9 got the seat after order 3 had given it up; the news come the wrong way round.
    bench.apply(&[("A1", 9, SeatStep::Held)]).await;
    bench.apply(&[("A1", 3, SeatStep::GivenUp)]).await;
    bench.apply(&[("A1", 3, SeatStep::Held)]).await;
    assert_eq!(bench.seats().await.unwrap().len(), 1);
    bench.apply(&[("A1", 9, SeatStep::GivenUp)]).await;
    assert!(bench.seats().await.unwrap().is_empty());
    // A payment that came late takes it again.
    bench.apply(&[("A1", 3, SeatStep::Sold)]).await;
    assert_eq!(bench.seats().await.unwrap()["A1"], SeatBecomes::Sold);
}

/// One seat in the database: who has it, and who gave it up and may still pay.
#[derive(Default)]
struct Seat {
    owner: Option<(i64, SeatStep)>,
    given_up: Vec<i64>,
}

impl Seat {
    /// Something that can happen to it now.
    fn step(&mut self, random: &mut SmallRng) -> (i64, SeatStep) {
        let (order, step) = match self.owner {
            None if !self.given_up.is_empty() && random.random_bool(0.3) => {
                let at = random.random_range(0..self.given_up.len());
                (self.given_up.swap_remove(at), SeatStep::Sold)
            }
            // Numbers do not tell who was first: each process has a block of them.
            None => (random.random_range(1..i64::MAX), SeatStep::Held),
            Some((order, SeatStep::Held)) if random.random_bool(0.5) => (order, SeatStep::Sold),
            Some((order, SeatStep::Held)) => (order, SeatStep::GivenUp),
            Some((order, _)) => (order, SeatStep::GivenBack),
        };
        if step == SeatStep::GivenUp {
            self.given_up.push(order);
        }
        self.owner = (step.becomes() != SeatBecomes::Free).then_some((order, step));
        (order, step)
    }
}

const NAMES: [&str; 3] = ["A1", "A2", "A3"];
const RUNS: u64 = 300;
const ACTIONS: usize = 60;

/// What several processes committed, in the order the news come to Redis, with
/// gates made anew in between: in the end it says what the database says.
#[tokio::test]
async fn the_order_in_which_news_come_does_not_matter() {
    let only = std::env::var("MARQUEE_GATE_SEED").ok().map(|seed| seed.parse().unwrap());
    let bench = bench().await;
    for seed in only.map_or(0..RUNS, |seed: u64| seed..seed + 1) {
        let of = bench_of(bench.scripts.redis().clone());
        let (found, expected) = Run::new(seed, &of).run().await;
        assert_eq!(found, expected, "MARQUEE_GATE_SEED={seed}");
    }
}

struct Run<'a> {
    of: &'a Bench,
    random: SmallRng,
    seats: [Seat; 3],
    /// News on their way.
    news: Vec<Step<'static>>,
    fence: i64,
    /// A gate is being made: whether what the database has was written to it.
    filled: Option<bool>,
    /// News were lost.
    wrong: bool,
}

impl<'a> Run<'a> {
    fn new(seed: u64, of: &'a Bench) -> Self {
        let random = SmallRng::seed_from_u64(seed);
        Self { of, random, seats: Default::default(), news: Vec::new(), fence: 0, filled: None, wrong: false }
    }

    async fn run(mut self) -> (BTreeMap<String, SeatBecomes>, BTreeMap<String, SeatBecomes>) {
        for _ in 0..ACTIONS {
            self.act().await;
        }
        while !self.news.is_empty() {
            self.deliver().await;
        }
        let (scripts, screening) = (&self.of.scripts, &self.of.screening);
        if self.wrong {
            scripts.invalidate(screening).await.unwrap();
        }
        if self.of.seats().await.is_none() {
            self.of.make(self.fence + 1, &self.claimed()).await;
        }
        let expected = self.claimed().into_iter().map(|(seat, _, step)| (seat.to_owned(), step.becomes()));
        (self.of.seats().await.unwrap(), expected.collect())
    }

    async fn act(&mut self) {
        let (scripts, screening) = (&self.of.scripts, &self.of.screening);
        match self.random.random_range(0..20) {
            0..8 => {
                let at = self.random.random_range(0..NAMES.len());
                let (order, step) = self.seats[at].step(&mut self.random);
                self.news.push((NAMES[at], order, step));
            }
            8..15 => self.deliver().await,
            15 => {
                self.fence += 1;
                let begun = scripts.begin(screening, self.fence).await.unwrap();
                self.filled = (begun == Begun::Empty).then_some(false);
            }
            16 => {
                if self.filled.is_some() {
                    self.filled = Some(true);
                    let claimed = self.claimed();
                    // Read now, written a little later.
                    self.deliver().await;
                    if !claimed.is_empty() {
                        scripts.fill(screening, self.fence, &claimed).await.unwrap();
                    }
                }
            }
            17 => {
                if self.filled.take() == Some(true) {
                    scripts.finish(screening, self.fence).await.unwrap();
                }
            }
            18 if self.random.random_bool(0.3) => {
                let lost = !self.news.is_empty();
                self.news.truncate(self.news.len().saturating_sub(1));
                self.wrong |= lost;
            }
            _ => scripts.invalidate(screening).await.unwrap(),
        }
    }

    /// Some of the news come in, in any order, perhaps twice.
    async fn deliver(&mut self) {
        if self.news.is_empty() {
            return;
        }
        let mut steps = Vec::new();
        for _ in 0..self.random.random_range(1..4) {
            let at = self.random.random_range(0..self.news.len());
            steps.push(self.news[at]);
            if self.random.random_bool(0.8) {
                self.news.swap_remove(at);
            }
            if self.news.is_empty() {
                break;
            }
        }
        self.of.apply(&steps).await;
    }

    fn claimed(&self) -> Vec<Step<'static>> {
        let owned = NAMES.iter().zip(&self.seats).filter_map(|(name, seat)| Some((name, seat.owner?)));
        owned.map(|(name, (order, step))| (*name, order, step)).collect()
    }
}
