//! Orders, claims, tickets and ledger: whether they agree.

use std::path::PathBuf;

use micro::database::Database;
use micro::{Clock, StartError};
use service_order::audit;

use super::{Finding, chain};
use crate::config::Config;

/// Contradictions told at most: more of them tell nothing more.
const MOST: usize = 100;
const SUBJECT: &str = "orders";

/// The embedded database's file, where orders are kept in one that is not there yet.
pub(super) fn missing(config: &Config) -> Option<PathBuf> {
    let file = config.data_dir.join("order.db");
    (config.order.database.url.is_empty() && !file.exists()).then_some(file)
}

pub(super) async fn open(config: &Config) -> Result<Database, StartError> {
    audit::open(&config.order.database, &config.data_dir).await
}

pub(super) async fn examine(database: &Database) -> Vec<Finding> {
    match audit::audit(database, &Clock::system(), MOST).await {
        Err(problem) => vec![Finding::bad(SUBJECT, chain(&problem), "the database must be readable")],
        Ok(found) if found.differences.is_empty() => vec![Finding::good(
            SUBJECT,
            format!(
                "{} orders with {} seats agree with claims, tickets and ledger",
                found.orders, found.claims
            ),
        )],
        Ok(found) => found.differences.into_iter().map(contradiction).collect(),
    }
}

fn contradiction((order_id, what): (i64, String)) -> Finding {
    let found = if order_id == 0 { what } else { format!("order {order_id}: {what}") };
    Finding::bad(SUBJECT, found, "keep the database as it is, and look at the log around this order")
}
