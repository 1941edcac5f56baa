//! Looks through every order for rows that contradict each other; changes nothing.
//!
//! Each page of orders is read in one transaction, so a running sale does not
//! look like a difference.

mod strays;

use std::collections::HashMap;

use micro::database::{Database, DatabaseConfig};
use micro::{Clock, Problem, StartError};
use sqlx::{Any, Transaction};

use crate::domain::audit::{Difference, Evidence, differences, entry};
use crate::domain::order::Aggregate;
use crate::store::reads::Reads;

/// Orders looked at in one transaction: short enough that a sale does not notice.
const PAGE: i64 = 200;

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// Orders looked at.
    pub orders: u64,
    /// Claims looked at.
    pub claims: u64,
    /// What contradicts, with the order's id, 0 where there is no such order; at most `most`.
    pub differences: Vec<(i64, String)>,
}

/// Audits the orders of a database; stops after `most` differences.
///
/// # Errors
/// A database that cannot be opened or read.
pub async fn audit(database: &Database, clock: &Clock, most: usize) -> Result<Audit, Problem> {
    let reads = Reads::new(database.clone());
    let mut found = Audit::default();
    let mut after = 0;
    loop {
        let mut transaction = database.begin_read().await?;
        let orders = reads.page(&mut transaction, after, PAGE).await?;
        let Some(last) = orders.last() else { break };
        after = last.order.order_id;
        let evidence = evidence(&mut transaction, &orders).await?;
        for (order, evidence) in orders.iter().zip(&evidence) {
            found.orders += 1;
            let order_id = order.order.order_id;
            let own = evidence.claims.iter().flatten().filter(|owner| **owner == order_id).count();
            found.claims += u64::try_from(own).unwrap_or(0);
            let wrong = differences(order, evidence, clock.now_ms());
            found.differences.extend(wrong.iter().map(|what: &Difference| (order_id, what.to_string())));
        }
        if found.differences.len() >= most {
            found.differences.truncate(most);
            return Ok(found);
        }
    }
    found.differences.extend(strays::claims(database, most).await?);
    found.differences.extend(strays::orphans(database, most).await?.into_iter().map(|what| (0, what)));
    found.differences.truncate(most);
    Ok(found)
}

/// Screenings that have not begun and of which something was sold; at most `most`.
///
/// # Errors
/// A database that cannot be read.
pub async fn screenings(database: &Database, clock: &Clock, most: usize) -> Result<Vec<i64>, Problem> {
    let text = "SELECT DISTINCT film_sid FROM orders WHERE starts_at > $1 AND state IN (1, 2, 3) \
                ORDER BY film_sid LIMIT $2";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    Ok(sqlx::query_scalar(text).bind(clock.now_ms()).bind(most).fetch_all(database.pool()).await?)
}

/// What the seat map of a screening must show: the seats that are not free, and whether each is sold.
///
/// # Errors
/// A database that cannot be read.
pub async fn claimed(database: &Database, film_sid: i64) -> Result<Vec<(String, bool)>, Problem> {
    let claimed = Reads::new(database.clone()).claimed(film_sid).await?;
    Ok(claimed.into_iter().map(|claim| (claim.seat, claim.sold)).collect())
}

/// Opens a database for an audit. Its tables are brought up to date if they are older than this program.
///
/// # Errors
/// A database that cannot be opened.
pub async fn open(config: &DatabaseConfig, data_dir: &std::path::Path) -> Result<Database, StartError> {
    crate::open_database(config, data_dir).await
}

async fn evidence(
    transaction: &mut Transaction<'static, Any>,
    orders: &[Aggregate],
) -> Result<Vec<Evidence>, Problem> {
    let first = orders.first().map_or(0, |order| order.order.order_id);
    let last = orders.last().map_or(0, |order| order.order.order_id);
    let text = "SELECT order_id, kind, amount, currency, reference, provider FROM ledger \
                WHERE order_id BETWEEN $1 AND $2";
    let rows: Vec<(i64, String, i64, String, i64, String)> =
        sqlx::query_as(text).bind(first).bind(last).fetch_all(&mut **transaction).await?;
    let mut books: HashMap<i64, Evidence> = HashMap::new();
    for (order_id, kind, amount, currency, reference, provider) in rows {
        let book = books.entry(order_id).or_default();
        let entry = entry(&kind, amount);
        let told = entry.filter(|_| !provider.is_empty());
        book.providers.extend(told.map(|entry| (entry.kind, reference, provider)));
        book.entries.extend(entry);
        book.currencies.insert(currency);
    }
    let mut all = Vec::with_capacity(orders.len());
    for order in orders {
        let mut claims = Vec::with_capacity(order.order.items.len());
        for item in &order.order.items {
            let text = "SELECT order_id FROM seat_claim WHERE film_sid = $1 AND seat = $2";
            let claim = sqlx::query_scalar(text).bind(order.order.film_sid).bind(&*item.seat);
            claims.push(claim.fetch_optional(&mut **transaction).await?);
        }
        let book = books.remove(&order.order.order_id).unwrap_or_default();
        all.push(Evidence { claims, ..book });
    }
    Ok(all)
}
