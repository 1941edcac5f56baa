//! Finding orders, for staff.

use micro::Problem;
use sqlx::{Any, Row, Transaction};

use super::numbers::Numbers;
use super::{ORDER, Reads, order};
use crate::domain::order::Order;
use crate::domain::state::OrderState;

/// Cinemas looked at with one statement.
const CINEMAS: usize = 64;

/// Which orders to find: those that match every condition given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// This one; any where 0.
    pub order_id: i64,
    /// Of this buyer; of any where 0.
    pub user_id: i64,
    /// Of this screening; of any where 0.
    pub film_sid: i64,
    /// At these cinemas; at all where absent.
    pub cinema_ids: Option<Vec<i64>>,
    /// In this state; in any where unspecified.
    pub state: OrderState,
    /// Opened from this moment on.
    pub from: i64,
    /// Opened before this moment.
    pub to: i64,
    /// Before the one of this time and id.
    pub before: (i64, i64),
}

impl Wanted {
    /// Whether there are few orders to look at, whatever the cinemas.
    fn is_narrow(&self) -> bool {
        self.order_id != 0 || self.user_id != 0 || self.film_sid != 0
    }

    fn conditions(&self, statement: &mut Numbers) {
        statement.text("(created_at, order_id) < (").value(self.before.0).text(", ").value(self.before.1);
        // Said once more, so that the index is entered where the page begins.
        let to = self.to.min(self.before.0.saturating_add(1));
        statement.text(") AND created_at >= ").value(self.from).text(" AND created_at < ").value(to);
        let number = i64::from(self.state as i32);
        for (column, value) in [
            ("order_id", self.order_id),
            ("user_id", self.user_id),
            ("film_sid", self.film_sid),
            ("state", number),
        ] {
            if value != 0 {
                statement.text(" AND ").text(column).text(" = ").value(value);
            }
        }
    }
}

impl Reads {
    /// Orders that match, newest first, without what happened to them.
    ///
    /// # Errors
    /// The database's.
    pub async fn find(&self, wanted: &Wanted, most: i64) -> Result<Vec<Order>, Problem> {
        let mut transaction = self.0.begin_read().await?;
        let found = if wanted.is_narrow() {
            narrow(&mut transaction, wanted, most).await?
        } else {
            newest(&mut transaction, wanted, most).await?
        };
        transaction.commit().await?;
        Ok(found)
    }
}

/// Through the index of buyers or screenings.
async fn narrow(
    transaction: &mut Transaction<'static, Any>,
    wanted: &Wanted,
    most: i64,
) -> Result<Vec<Order>, Problem> {
    let mut statement = Numbers::new("SELECT ");
    statement.text(ORDER).text(" FROM orders WHERE ");
    wanted.conditions(&mut statement);
    if let Some(cinema_ids) = &wanted.cinema_ids {
        statement.text(" AND cinema_id IN ").list(cinema_ids);
    }
    statement.text(" ORDER BY created_at DESC, order_id DESC LIMIT ").value(most);
    statement.all(transaction).await?.iter().map(order).collect()
}

/// The newest of each cinema, and of these the newest: an index of all orders by time would
/// cost every purchase, and one of each cinema is there.
async fn newest(
    transaction: &mut Transaction<'static, Any>,
    wanted: &Wanted,
    most: i64,
) -> Result<Vec<Order>, Problem> {
    let cinema_ids = match &wanted.cinema_ids {
        Some(cinema_ids) => cinema_ids.clone(),
        None => cinemas(transaction).await?,
    };
    let mut places: Vec<(i64, i64)> = Vec::new();
    for some in cinema_ids.chunks(CINEMAS) {
        let mut statement = Numbers::new("");
        for (at, cinema_id) in some.iter().enumerate() {
            statement.text(if at == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
            statement.text("SELECT created_at, order_id FROM orders WHERE cinema_id = ").value(*cinema_id);
            statement.text(" AND ");
            wanted.conditions(&mut statement);
            statement.text(" ORDER BY created_at DESC, order_id DESC LIMIT ").value(most);
            statement.text(&format!(") AS cinema{at}"));
        }
        statement.text(" ORDER BY 1 DESC, 2 DESC LIMIT ").value(most);
        for row in statement.all(transaction).await? {
            places.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    places.sort_unstable_by(|a, b| b.cmp(a));
    places.dedup();
    places.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let order_ids: Vec<i64> = places.into_iter().map(|(_, order_id)| order_id).collect();
    if order_ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Numbers::new("SELECT ");
    statement.text(ORDER).text(" FROM orders WHERE order_id IN ").list(&order_ids);
    statement.text(" ORDER BY created_at DESC, order_id DESC");
    statement.all(transaction).await?.iter().map(order).collect()
}

/// The cinemas that sold something: one look into the index for each.
pub(super) async fn cinemas(transaction: &mut Transaction<'static, Any>) -> Result<Vec<i64>, Problem> {
    let text = "WITH RECURSIVE cinema (id) AS (
                    SELECT MIN(cinema_id) FROM orders
                    UNION ALL
                    SELECT (SELECT MIN(o.cinema_id) FROM orders o WHERE o.cinema_id > cinema.id)
                    FROM cinema WHERE cinema.id IS NOT NULL
                ) SELECT id FROM cinema WHERE id IS NOT NULL";
    Ok(sqlx::query_scalar(text).fetch_all(&mut **transaction).await?)
}
