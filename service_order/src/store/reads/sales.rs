//! What was sold, added up.

use micro::Problem;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::Reads;
use super::find::cinemas;
use super::numbers::Numbers;

/// Which moment of an order a report goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// When it was paid.
    Sale,
    /// When its screening starts.
    Start,
}

/// What the rows of a report are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// A stretch of time, such as a day.
    Time {
        /// How long it is, milliseconds.
        length: i64,
        /// How much earlier than those of UTC they begin, milliseconds.
        offset: i64,
    },
    /// A film.
    Film,
    /// A cinema.
    Cinema,
    /// A screening.
    Screening,
}

/// What to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesWanted {
    /// Which moment the range is of.
    pub basis: Basis,
    /// From this moment on.
    pub from: i64,
    /// Before this moment.
    pub to: i64,
    /// At these cinemas; at all where absent.
    pub cinema_ids: Option<Vec<i64>>,
    /// Of these films; of all where empty.
    pub film_ids: Vec<i64>,
    /// Of this screening; of any where 0.
    pub film_sid: i64,
    /// What the rows are of.
    pub group_by: GroupBy,
}

/// A row of a report; what it is not of is 0. Money in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sales {
    /// Beginning of the stretch of time.
    pub day: i64,
    /// The film.
    pub film_id: i64,
    /// The cinema.
    pub cinema_id: i64,
    /// The screening.
    pub film_sid: i64,
    /// Start of the screening.
    pub starts_at: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Orders that were paid.
    pub orders: i64,
    /// Their seats.
    pub seats_sold: i64,
    /// Those of them that were given back.
    pub seats_refunded: i64,
    /// What came in.
    pub captured: i64,
    /// What went back.
    pub refunded: i64,
    /// What was kept of seats given back.
    pub fees: i64,
}

/// The orders with what each comes to. Seats and refunds are looked up by their orders' keys,
/// refunds only where the state says that there are some.
const SOLD: &str = "SELECT o.film_id, o.cinema_id, o.film_sid, o.starts_at, o.paid_at, o.currency, o.amount, \
    (SELECT COUNT(*) FROM ticket t WHERE t.ticket_id >= o.order_id * 32 AND t.ticket_id < o.order_id * 32 + 32) \
        AS seats, \
    CASE WHEN o.state IN (3, 4) THEN (SELECT COUNT(*) FROM ticket t WHERE t.ticket_id >= o.order_id * 32 \
        AND t.ticket_id < o.order_id * 32 + 32 AND t.state = 2) ELSE 0 END AS seats_refunded, \
    CASE WHEN o.state IN (3, 4) THEN (SELECT COALESCE(SUM(r.amount), 0) FROM refund r \
        WHERE r.order_id = o.order_id) ELSE 0 END AS refunded, \
    CASE WHEN o.state IN (3, 4) THEN (SELECT COALESCE(SUM(r.fee), 0) FROM refund r \
        WHERE r.order_id = o.order_id) ELSE 0 END AS fees \
    FROM orders o WHERE o.paid_at > 0 AND o.cinema_id IN ";

const SUMS: &str = "currency, COUNT(*), CAST(SUM(seats) AS BIGINT), CAST(SUM(seats_refunded) AS BIGINT), \
    CAST(SUM(amount) AS BIGINT), CAST(SUM(refunded) AS BIGINT), CAST(SUM(fees) AS BIGINT)";

impl Basis {
    fn column(self) -> &'static str {
        match self {
            Self::Sale => "paid_at",
            Self::Start => "starts_at",
        }
    }
}

impl Reads {
    /// What was sold, in the order of time or ids; at most `most` rows, all of one moment.
    ///
    /// # Errors
    /// The database's.
    pub async fn sales(&self, wanted: &SalesWanted, most: i64) -> Result<Vec<Sales>, Problem> {
        let mut transaction = self.0.begin_read().await?;
        let cinema_ids = match &wanted.cinema_ids {
            Some(cinema_ids) => cinema_ids.clone(),
            None => cinemas(&mut transaction).await?,
        };
        if cinema_ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = statement(wanted, &cinema_ids, most).all(&mut transaction).await?;
        transaction.commit().await?;
        rows.iter().map(sales).collect()
    }
}

fn statement(wanted: &SalesWanted, cinema_ids: &[i64], most: i64) -> Numbers {
    let at = wanted.basis.column();
    let mut statement = Numbers::new("SELECT ");
    let groups = match wanted.group_by {
        GroupBy::Time { length, offset } => {
            // Whole numbers: what is left of the last stretch falls away.
            statement.text("(").text(at).text(" + ").value(offset).text(") / ").value(length);
            statement.text(" * ").value(length).text(" - ").value(offset);
            statement.text(" AS day, 0, 0, 0, 0, ");
            "day, currency"
        }
        GroupBy::Film => {
            statement.text("0, film_id, 0, 0, 0, ");
            "film_id, currency"
        }
        GroupBy::Cinema => {
            statement.text("0, 0, cinema_id, 0, 0, ");
            "cinema_id, currency"
        }
        GroupBy::Screening => {
            statement.text("0, MAX(film_id), MIN(cinema_id), film_sid, MAX(starts_at), ");
            "film_sid, currency"
        }
    };
    statement.text(SUMS).text(" FROM (").text(SOLD).list(cinema_ids);
    statement.text(" AND o.").text(at).text(" >= ").value(wanted.from);
    statement.text(" AND o.").text(at).text(" < ").value(wanted.to);
    if !wanted.film_ids.is_empty() {
        statement.text(" AND o.film_id IN ").list(&wanted.film_ids);
    }
    if wanted.film_sid != 0 {
        statement.text(" AND o.film_sid = ").value(wanted.film_sid);
    }
    statement.text(") AS sold GROUP BY ").text(groups).text(" ORDER BY ").text(groups);
    statement.text(" LIMIT ").value(most);
    statement
}

fn sales(row: &AnyRow) -> Result<Sales, Problem> {
    Ok(Sales {
        day: row.try_get(0)?,
        film_id: row.try_get(1)?,
        cinema_id: row.try_get(2)?,
        film_sid: row.try_get(3)?,
        starts_at: row.try_get(4)?,
        currency: row.try_get(5)?,
        orders: row.try_get(6)?,
        seats_sold: row.try_get(7)?,
        seats_refunded: row.try_get(8)?,
        captured: row.try_get(9)?,
        refunded: row.try_get(10)?,
        fees: row.try_get(11)?,
    })
}
