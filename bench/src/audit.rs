//! Whether the database agrees with the answers that were given.

use std::path::Path;

use anyhow::ensure;
use rusqlite::{Connection, OpenFlags};

/// What the database must hold besides what was stored before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Orders of two seats that were answered.
    pub orders: u64,
    /// Payments that were answered.
    pub paid: u64,
}

/// Counts orders, seats, payments and money; ids of what was stored before are negative.
///
/// # Errors
/// What does not agree.
pub fn check_file(file: &Path, expected: Expected) -> anyhow::Result<()> {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    check(|text| Ok(database.query_row(text, [], |row| row.get(0))?), expected)
}

/// The same, where `number` asks the database.
///
/// # Errors
/// What does not agree.
pub fn check(number: impl Fn(&str) -> anyhow::Result<i64>, expected: Expected) -> anyhow::Result<()> {
    let orders = i64::try_from(expected.orders)?;
    let paid = i64::try_from(expected.paid)?;
    let stored = number("SELECT count(*) FROM orders WHERE order_id > 0")?;
    ensure!(stored == orders, "{orders} orders were answered, {stored} are stored");
    let seats = number(
        "SELECT count(*) FROM (SELECT DISTINCT film_sid, seat FROM seat_claim WHERE order_id > 0) AS all_of_them",
    )?;
    ensure!(seats == orders * 2, "{orders} orders of two seats hold {seats} different seats");
    let odd = number(
        "SELECT count(*) FROM (SELECT count(*) AS seats FROM seat_claim WHERE order_id > 0 GROUP BY order_id)
         AS each WHERE seats <> 2",
    )?;
    ensure!(odd == 0, "{odd} orders do not hold two seats");
    let stored = number("SELECT count(*) FROM orders WHERE order_id > 0 AND state = 2")?;
    ensure!(stored == paid, "{paid} payments were answered, {stored} orders are paid");
    let due = number("SELECT coalesce(sum(amount), 0) FROM orders WHERE order_id > 0 AND state = 2")?;
    let captured =
        number("SELECT coalesce(sum(amount), 0) FROM ledger WHERE order_id > 0 AND kind = 'CAPTURE'")?;
    ensure!(captured == due, "orders of {due} are paid, the ledger has captured {captured}");
    Ok(())
}
