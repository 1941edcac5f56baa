//! SQLite by itself: the rows of an order, as the system writes them, without anything around.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use crate::system::anybody;

/// Writes orders of two seats for some time, so many in one durable transaction;
/// says how many orders and how long it took.
///
/// The tables are those of `model`, the system's own file.
///
/// # Errors
/// The database's.
pub fn orders(
    dir: &Path,
    model: &Path,
    in_transaction: u32,
    time: Duration,
) -> anyhow::Result<(u64, Duration)> {
    let file = tempfile::Builder::new().prefix("ceiling").suffix(".db").tempfile_in(dir)?;
    let mut connection = Connection::open(file.path())?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;",
    )?;
    connection.execute_batch(&tables(model)?)?;
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < time {
        let transaction = connection.transaction()?;
        for _ in 0..in_transaction {
            count += 1;
            insert(&transaction, count)?;
        }
        transaction.commit()?;
    }
    Ok((u64::try_from(count)?, began.elapsed()))
}

/// The text that makes the tables and indexes of another file.
fn tables(model: &Path) -> anyhow::Result<String> {
    let model = Connection::open(model)?;
    let mut statement = model.prepare(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN ('orders', 'seat_claim') ORDER BY type DESC",
    )?;
    let texts: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(texts.join(";"))
}

fn insert(connection: &Connection, order_id: i64) -> rusqlite::Result<()> {
    let (film_sid, seat) = (order_id / 250, order_id % 250 * 2);
    let seats = [format!("A{seat}"), format!("A{}", seat + 1)];
    let mut claim = connection.prepare_cached(
        "INSERT INTO seat_claim (film_sid, seat, order_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    for seat in &seats {
        claim.execute(params![film_sid, seat, order_id])?;
    }
    let items = format!(
        r#"[{{"s":"{}","t":1,"c":"Standard","p":1200}},{{"s":"{}","t":1,"c":"Standard","p":1200}}]"#,
        seats[0], seats[1]
    );
    let mut order = connection.prepare_cached(
        "INSERT INTO orders (order_id, film_sid, cinema_id, user_id, state, items, amount, currency, starts_at,
         created_at, expires_at, sweep_at, paid_at)
         VALUES (?1, ?2, 1, ?3, 1, ?4, 2400, 'EUR', 1800000000000, 1790000000000, 1790000600000, 1790000600000, 0)",
    )?;
    order.execute(params![order_id, film_sid, anybody(), items])?;
    Ok(())
}
