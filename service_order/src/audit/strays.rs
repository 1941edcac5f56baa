//! Rows that name an order which does not exist, or which does not know them.

use micro::Problem;
use micro::database::Database;

use crate::domain::audit::{StrayClaim, stray};
use crate::store::reads::{ClaimAndOrder, Reads};

/// Claims looked at with one statement: short enough that a sale does not notice.
const PAGE: i64 = 500;

/// Finds rows without an order: their kind, number, and the order they name.
///
/// Not claims, which are looked at one by one, and not tickets, whose ids are made of the order's.
const ORPHANS: [(&str, &str); 3] = [
    (
        "ledger row",
        "SELECT kind, reference, ledger.order_id FROM ledger \
         LEFT JOIN orders ON orders.order_id = ledger.order_id WHERE orders.order_id IS NULL \
         ORDER BY kind, reference LIMIT $1",
    ),
    (
        "payment",
        "SELECT provider, payment_id, payment.order_id FROM payment \
         LEFT JOIN orders ON orders.order_id = payment.order_id WHERE orders.order_id IS NULL \
         ORDER BY payment_id LIMIT $1",
    ),
    (
        "refund",
        "SELECT reason, refund_id, refund.order_id FROM refund \
         LEFT JOIN orders ON orders.order_id = refund.order_id WHERE orders.order_id IS NULL \
         ORDER BY refund_id LIMIT $1",
    ),
];

/// Rows of money that name an order which does not exist; at most `most` of each table.
///
/// # Errors
/// A database that cannot be read.
pub(super) async fn orphans(database: &Database, most: usize) -> Result<Vec<String>, Problem> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut found = Vec::new();
    for (row, text) in ORPHANS {
        let rows: Vec<(String, i64, i64)> =
            sqlx::query_as(text).bind(most).fetch_all(database.pool()).await?;
        found.extend(rows.into_iter().map(|(kind, number, order_id)| {
            format!("{row} {kind} {number} is of order {order_id}, which does not exist")
        }));
    }
    Ok(found)
}

/// Claims that do not follow from an order, with the order's id, 0 where there is no such order.
///
/// # Errors
/// A database that cannot be read.
pub(super) async fn claims(database: &Database, most: usize) -> Result<Vec<(i64, String)>, Problem> {
    let reads = Reads::new(database.clone());
    let mut found = Vec::new();
    let mut after = (0, String::new());
    while found.len() < most {
        let page = reads.claims_after((after.0, &after.1), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.film_sid, last.seat.clone());
        found.extend(page.iter().filter_map(told));
    }
    Ok(found)
}

fn told(claim: &ClaimAndOrder) -> Option<(i64, String)> {
    let order = claim.order.as_ref().map(|(film_sid, items)| (*film_sid, items.as_slice()));
    let what = stray(claim.film_sid, &claim.seat, claim.order_id, order)?;
    let order_id = if matches!(what, StrayClaim::OrderMissing(_)) { 0 } else { claim.order_id };
    Some((order_id, format!("seat {} of screening {} {what}", claim.seat, claim.film_sid)))
}
