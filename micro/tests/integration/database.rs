//! Databases as services meet them: migrations, encryption, several servers, and what stands in the way.

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join};
use micro::Problem;
use micro::database::{Database, DatabaseConfig, DatabaseError, primary_url};
use servers::Postgres;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use tonic::Code;

/// One server for the tests that do not stop it.
static POSTGRES: LazyLock<Postgres> = LazyLock::new(Postgres::start);

fn migrator(texts: &[&'static str]) -> Migrator {
    let migration = |(version, text): (i64, &&'static str)| {
        Migration::new(version, "test".into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    Migrator::with_migrations((1..).zip(texts).map(migration).collect())
}

async fn open(url: &str, texts: &[&'static str]) -> Result<Database, DatabaseError> {
    let config = DatabaseConfig { url: url.to_owned(), max_connections: 3 };
    Database::open(&config, Path::new("unused"), &migrator(texts)).await
}

async fn number(database: &Database, text: &'static str) -> i64 {
    sqlx::query_scalar(text).fetch_one(database.pool()).await.unwrap()
}

const OLD: &str = "CREATE TABLE thing (id BIGINT NOT NULL)";
const NEW: &str = "CREATE TABLE other (id BIGINT NOT NULL)";

#[tokio::test]
async fn an_older_executable_starts_on_tables_of_a_newer_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}/a.db", folder.path().display());
    for url in [file, POSTGRES.database("older")] {
        open(&url, &[OLD, NEW]).await.unwrap();
        let database = open(&url, &[OLD]).await.unwrap();
        assert_eq!(number(&database, "SELECT COUNT(*) FROM other").await, 0);
        // Tables of which it knows, but otherwise, are still refused.
        assert!(matches!(open(&url, &[NEW]).await, Err(DatabaseError::Migrate(..))));
    }
}

#[tokio::test]
async fn of_several_that_start_at_once_one_migrates() {
    let url = POSTGRES.database("at_once");
    let slow = ["CREATE TABLE thing AS SELECT current_setting('statement_timeout') AS statement,
                current_setting('lock_timeout') AS lock; SELECT pg_sleep(1)"];
    let opened = join_all((0..4).map(|_| open(&url, &slow))).await;
    for database in opened {
        let database = database.unwrap();
        let limits: Vec<(String, String)> =
            sqlx::query_as("SELECT statement, lock FROM thing").fetch_all(database.pool()).await.unwrap();
        assert_eq!(limits, [("15min".to_owned(), "10s".to_owned())]);
        let usual = "SELECT current_setting('statement_timeout')";
        let usual: String = sqlx::query_scalar(usual).fetch_one(database.pool()).await.unwrap();
        assert_eq!(usual, "15s");
    }
}

#[tokio::test]
async fn who_stood_in_anothers_way_may_try_again() {
    let database = open(&POSTGRES.database("in_the_way"), &[OLD]).await.unwrap();
    sqlx::query("INSERT INTO thing VALUES (1), (2)").execute(database.pool()).await.unwrap();
    let lock = "UPDATE thing SET id = id WHERE id = $1";
    let (mut one, mut two) = try_join(database.begin_write(), database.begin_write()).await.unwrap();
    sqlx::query(lock).bind(1_i64).execute(&mut *one).await.unwrap();
    sqlx::query(lock).bind(2_i64).execute(&mut *two).await.unwrap();
    let cross = try_join(
        sqlx::query(lock).bind(2_i64).execute(&mut *one),
        sqlx::query(lock).bind(1_i64).execute(&mut *two),
    );
    let problem = Problem::from(cross.await.unwrap_err());
    assert_eq!((problem.code(), problem.reason()), (Code::Unavailable, "OVERLOADED"));
}

#[tokio::test]
async fn a_connection_is_encrypted_and_the_server_verified() {
    let folder = tempfile::tempdir().unwrap();
    let [key, cert] = servers::certificate(folder.path(), "DNS:localhost");
    let server = Postgres::start_encrypted(&key, &cert);
    server.sql("CREATE DATABASE encrypted");
    let at = |host: &str, settings: &str| {
        format!("postgres://marquee@{host}:{}/encrypted?{settings}", server.port())
    };
    let known = format!("sslrootcert={cert}");
    let encrypted = "SELECT COUNT(*) FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()";
    for (host, settings) in [
        ("localhost", "sslmode=require".to_owned()),
        ("127.0.0.1", format!("sslmode=require&{known}")),
        ("127.0.0.1", format!("sslmode=verify-ca&{known}")),
        ("localhost", format!("sslmode=verify-full&{known}")),
    ] {
        let database = open(&at(host, &settings), &[]).await.unwrap();
        assert_eq!(number(&database, encrypted).await, 1, "{settings}");
        let mut writing = database.primary().unwrap().connect("test", "SELECT 1").await.unwrap();
        let encrypted: i64 = sqlx::query_scalar(encrypted).fetch_one(&mut writing.connection).await.unwrap();
        assert_eq!(encrypted, 1, "{settings}");
    }
    for (host, settings) in
        [("localhost", "sslmode=verify-ca".to_owned()), ("127.0.0.1", format!("sslmode=verify-full&{known}"))]
    {
        assert!(matches!(open(&at(host, &settings), &[]).await, Err(DatabaseError::Open(..))), "{settings}");
    }
    let plain = POSTGRES.url("postgres") + "?sslmode=require";
    assert!(matches!(open(&plain, &[]).await, Err(DatabaseError::Open(..))));
}

fn both(one: &Postgres, other: &Postgres) -> String {
    format!("postgres://marquee:secret@127.0.0.1:{},127.0.0.1:{}/pair", one.port(), other.port())
}

/// Writes until it works; says how long that took.
async fn until_written(database: &Database) -> Duration {
    let began = Instant::now();
    loop {
        let mut writing = match database.begin_write().await {
            Ok(writing) => writing,
            Err(error) => {
                assert!(began.elapsed() < Duration::from_secs(15), "{error}");
                continue;
            }
        };
        let wrote = sqlx::query("INSERT INTO thing VALUES (1)").execute(&mut *writing).await;
        if wrote.is_ok() && writing.commit().await.is_ok() {
            return began.elapsed();
        }
        assert!(began.elapsed() < Duration::from_secs(15), "nothing can be written");
    }
}

#[tokio::test]
async fn the_server_that_takes_writes_is_found_wherever_it_is() {
    let mut first = Postgres::start();
    first.sql("CREATE DATABASE pair");
    let second = first.replica();
    let url = both(&second, &first);
    assert!(primary_url(&url).await.unwrap().contains(&first.port().to_string()));
    let database = open(&url, &[OLD]).await.unwrap();
    until_written(&database).await;
    let primary = database.primary().unwrap();
    let mut writing = primary.connect("test", "SELECT 1").await.unwrap();
    assert!(!writing.moves.moved());
    first.crash();
    second.promote();
    let took = until_written(&database).await;
    assert!(took < Duration::from_secs(8), "{took:?}");
    writing.moves.wait().await;
    let mut writing = primary.connect("test", "SELECT 1").await.unwrap();
    let kept: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM thing").fetch_one(&mut writing.connection).await.unwrap();
    assert_eq!(kept, 2);
}

#[tokio::test]
async fn a_server_that_hangs_is_left() {
    let mut first = Postgres::start();
    first.sql("CREATE DATABASE pair");
    let second = first.replica();
    let database = open(&both(&first, &second), &[OLD]).await.unwrap();
    until_written(&database).await;
    first.freeze();
    second.promote();
    let took = until_written(&database).await;
    assert!(took < Duration::from_secs(12), "{took:?}");
    first.thaw();
}

#[tokio::test]
async fn where_no_server_takes_writes_that_is_said_without_the_password() {
    let mut first = Postgres::start();
    first.sql("CREATE DATABASE pair");
    let second = first.replica();
    first.stop();
    let error = open(&both(&first, &second), &[OLD]).await.err().unwrap();
    let shown = format!("{error} {error:?}");
    assert!(matches!(error, DatabaseError::NoPrimary(..)), "{shown}");
    assert!(shown.contains("takes no writes") && !shown.contains("secret"), "{shown}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_and_not_as_a_wait_of_ours() {
    let url = format!("postgres://marquee:secret@127.0.0.1:{}/orders", servers::free_port());
    let error = open(&url, &[OLD]).await.err().unwrap().to_string();
    assert!(error.contains("refused") && !error.contains("pool") && !error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_full_disk_is_told_and_is_over_when_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}/a.db", folder.path().display());
    let database = open(&file, &[OLD]).await.unwrap();
    let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                INSERT INTO thing SELECT i FROM n";
    for _ in 0..6 {
        let mut transaction = database.begin_write().await.unwrap();
        // The limit is the connection's own; SQLite fails as on a full disk.
        sqlx::query("PRAGMA max_page_count = 8").fetch_all(&mut *transaction).await.unwrap();
        let error = sqlx::query(fill).execute(&mut *transaction).await.unwrap_err();
        let problem = Problem::from(error);
        assert_eq!((problem.code(), problem.reason()), (Code::Unavailable, "STORAGE_FAILED"));
    }
    let mut transaction = database.begin_write().await.expect("no connection is stuck");
    sqlx::query("PRAGMA max_page_count = 100000").fetch_all(&mut *transaction).await.unwrap();
    sqlx::query(fill).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(number(&database, "SELECT COUNT(*) FROM thing").await, 100_000);
}
