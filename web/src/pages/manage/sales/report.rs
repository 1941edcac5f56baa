//! Asking what was sold.

use std::ops::AddAssign;

use contract::order::get_sales_report_request::{Basis as Moment, GroupBy};
use contract::order::{GetSalesReportRequest, SalesRow};
use jiff::civil::DateTime;
use micro::Problem;

use super::stretches::Stretch;
use crate::State;
use crate::problem::Refused;
use crate::visitor::Visitor;

/// Most rows of a report, of all its stretches: as many as the service answers for one.
const MOST_ROWS: usize = 10_000;

/// A row, and the time it begins at, as a clock there shows it.
pub struct Row {
    pub sales: SalesRow,
    pub clock: DateTime,
}

/// Sales added up, in one currency. Money in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Orders that were paid.
    pub orders: i64,
    /// Their seats, those given back among them.
    pub sold: i64,
    /// Seats given back.
    pub given_back: i64,
    /// What was paid.
    pub captured: i64,
    /// What was given back.
    pub refunded: i64,
    /// What was kept of seats given back.
    pub fees: i64,
}

impl Sums {
    /// What was paid and not given back.
    pub fn revenue(self) -> i64 {
        self.captured - self.refunded
    }

    /// Seats sold and not given back.
    pub fn seats(self) -> i64 {
        self.sold - self.given_back
    }
}

impl AddAssign<&SalesRow> for Sums {
    fn add_assign(&mut self, row: &SalesRow) {
        *self += Self {
            orders: row.orders,
            sold: row.seats_sold,
            given_back: row.seats_refunded,
            captured: row.captured,
            refunded: row.refunded,
            fees: row.fees,
        };
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.orders += other.orders;
        self.sold += other.sold;
        self.given_back += other.given_back;
        self.captured += other.captured;
        self.refunded += other.refunded;
        self.fees += other.fees;
    }
}

/// What was sold in some stretches of time, one after the other.
///
/// # Errors
/// The service's; `REPORT_TOO_LARGE` where all of them together have too many rows.
pub async fn rows(
    state: &State,
    visitor: &Visitor,
    stretches: &[Stretch],
    basis: Moment,
    group_by: GroupBy,
) -> Result<Vec<Row>, Refused> {
    let mut rows = Vec::new();
    for stretch in stretches {
        let request = GetSalesReportRequest {
            basis: basis.into(),
            from: stretch.from,
            to: stretch.to,
            cinema_ids: stretch.cinema_ids.clone(),
            group_by: group_by.into(),
            utc_offset_minutes: stretch.offset_minutes,
            ..GetSalesReportRequest::default()
        };
        let report = state.services.orders().get_sales_report(visitor.ask(request)).await?.into_inner();
        rows.extend(report.rows.into_iter().map(|sales| Row { clock: stretch.clock(sales.day), sales }));
        if rows.len() > MOST_ROWS {
            let problem = Problem::invalid("REPORT_TOO_LARGE", "the report has too many rows");
            return Err(problem.with("limit", MOST_ROWS).into());
        }
    }
    Ok(rows)
}
