//! Nobody is answered before the disk has what they were answered.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use micro::Closing;
use micro::database::{Database, DatabaseConfig};
use parking_lot::Mutex;

use super::{Actor, Answer, Buy, Command, Committed, Committer};
use crate::SQLITE_MIGRATIONS;
use crate::domain::order::{Order, OrderItem};
use crate::domain::state::OrderState;
use crate::store::reads::Reads;
use crate::store::sqlite::{Sqlite, SqliteTransaction};
use crate::store::{Durability, Store, StoreError, Syncing};

/// A store whose disk does what a test tells it to.
struct OnDisk {
    store: Sqlite,
    disk: Mutex<Option<Syncing>>,
}

impl Store for OnDisk {
    type Transaction<'a> = SqliteTransaction<'a>;

    async fn begin(&mut self) -> Result<SqliteTransaction<'_>, StoreError> {
        self.store.begin().await
    }

    fn syncing(&self) -> Result<Option<(Arc<Durability>, Syncing)>, StoreError> {
        let real = self.store.syncing()?;
        Ok(real.zip(self.disk.lock().take()).map(|((durability, _), disk)| (durability, disk)))
    }
}

/// A committer on a disk that is asked, and then waits to be told how it ends.
struct Bench {
    _dir: tempfile::TempDir,
    committer: Committer,
    reads: Reads,
    closing: Closing,
    durability: Arc<Durability>,
    asked: Receiver<()>,
    ends: Sender<Result<(), StoreError>>,
    certain: Arc<Mutex<Vec<bool>>>,
}

impl Bench {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("order.db");
        let database = Database::open(&DatabaseConfig::default(), &file, &SQLITE_MIGRATIONS).await.unwrap();
        let durability = Arc::<Durability>::default();
        let store = Sqlite::open(&file, durability.clone()).unwrap();
        let ((asks, asked), (ends, ended)) = (channel(), channel());
        let disk: Syncing = Box::new(move || {
            asks.send(()).unwrap();
            ended.recv().unwrap()
        });
        let closing = Closing::default();
        let certain = Arc::<Mutex<Vec<bool>>>::default();
        let told = certain.clone();
        let committed = move |committed: Committed| {
            told.lock().push(committed.certain);
            committed.answers.give();
        };
        let store = OnDisk { store, disk: Mutex::new(Some(disk)) };
        let committer = Committer::start(&closing, &database, store, committed).unwrap();
        let reads = Reads::new(database, durability.clone());
        Self { _dir: dir, committer, reads, closing, durability, asked, ends, certain }
    }

    fn buy(&self, order_id: i64) -> tokio::task::JoinHandle<Answer> {
        let item = OrderItem {
            seat: format!("A{order_id}").into(),
            ticket_type: 1,
            category: "Standard".into(),
            price: 1_000,
            partner: None,
        };
        let order = Order {
            order_id,
            film_sid: 1,
            film_id: 1,
            cinema_id: 1,
            user_id: 7,
            state: OrderState::Pending,
            items: vec![item],
            amount: 1_000,
            currency: "EUR".into(),
            starts_at: 10_000_000,
            created_at: 1,
            expires_at: 2_000,
            sweep_at: 2_000,
            paid_at: 0,
        };
        let buy = Buy { order, actor: Actor::Customer(7), key: None, most_open: None };
        let committer = self.committer.clone();
        tokio::spawn(async move { committer.submit(Command::Buy(Box::new(buy))).await })
    }

    /// Waits until the disk is asked.
    fn asked(&self) {
        self.asked.recv_timeout(Duration::from_secs(30)).expect("the disk is asked");
    }
}

fn reason(answer: Answer) -> String {
    answer.map(drop).unwrap_err().reason().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_and_readers_wait_for_the_disk_and_the_next_batch_does_not() {
    let bench = Bench::new().await;
    let first = bench.buy(1);
    bench.asked();
    let (reads, order) = (bench.reads.clone(), Arc::new(Mutex::new(None)));
    let read = tokio::spawn({
        let order = order.clone();
        async move { *order.lock() = Some(reads.order(1).await) }
    });
    let second = bench.buy(2);
    tokio::time::timeout(Duration::from_secs(30), async {
        while bench.durability.begun() < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the next batch is computed while the disk works");
    assert!(!first.is_finished() && !second.is_finished() && order.lock().is_none());
    assert!(bench.certain.lock().is_empty(), "nor does the gate take note");
    bench.ends.send(Ok(())).unwrap();
    assert_eq!(first.await.unwrap().unwrap().unwrap().order.order.order_id, 1);
    bench.asked();
    assert!(!second.is_finished(), "the disk was asked before it was committed");
    bench.ends.send(Ok(())).unwrap();
    assert_eq!(second.await.unwrap().unwrap().unwrap().order.order.order_id, 2);
    read.await.unwrap();
    assert!(matches!(&*order.lock(), Some(Ok(Some(_)))));
    bench.closing.close(Duration::from_secs(30)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_is_the_end() {
    let bench = Bench::new().await;
    let first = bench.buy(1);
    bench.asked();
    let failed = StoreError::Failed("input/output error".into());
    bench.ends.send(Err(failed)).unwrap();
    assert_eq!(reason(first.await.unwrap()), "OUTCOME_UNKNOWN");
    assert_eq!(*bench.certain.lock(), [false], "the gate looks again");
    assert_eq!(reason(bench.buy(2).await.unwrap()), "STORAGE_FAILED");
    assert_eq!(bench.reads.order(1).await.unwrap_err().reason(), "STORAGE_FAILED");
    assert!(bench.durability.check().is_err());
    bench.closing.close(Duration::from_secs(30)).await;
}
