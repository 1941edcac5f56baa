//! What managers ask about sales and about cancelled screenings.

use contract::order::get_sales_report_request::{Basis as WishedBasis, GroupBy as WishedGroups};
use contract::order::{Cancellation, GetSalesReportRequest, SalesReport, SalesRow};
use micro::{Caller, Identity, Problem, RequestContext};

use super::{Answer, Orders, scope};
use crate::domain::problem;
use crate::store::reads::{Basis, GroupBy, Sales, SalesWanted};

/// Longest range of a report, milliseconds: a year and some weeks, to compare one with the last.
const LONGEST_MS: i64 = 400 * DAY_MS;
/// Most rows of a report: the screenings of a large chain in a week.
const ROWS: i64 = 10_000;
const MS_PER_MINUTE: i64 = 60_000;
const HOUR_MS: i64 = 60 * MS_PER_MINUTE;
const DAY_MS: i64 = 24 * HOUR_MS;

impl Orders {
    pub(super) async fn sales_report(
        &self,
        context: &RequestContext,
        wish: GetSalesReportRequest,
    ) -> Answer<SalesReport> {
        let cinema_ids = scope::cinemas(context, &wish.cinema_ids, Caller::is_admin, Caller::manages)?;
        let length = wish.to.saturating_sub(wish.from);
        if !(1..=LONGEST_MS).contains(&length) {
            return Err(range_invalid());
        }
        let offset = i64::from(wish.utc_offset_minutes) * MS_PER_MINUTE;
        let wanted = SalesWanted {
            basis: match wish.basis() {
                WishedBasis::Unspecified | WishedBasis::Sale => Basis::Sale,
                WishedBasis::Start => Basis::Start,
            },
            group_by: match wish.group_by() {
                WishedGroups::Unspecified | WishedGroups::Day => GroupBy::Time { length: DAY_MS, offset },
                WishedGroups::Hour => GroupBy::Time { length: HOUR_MS, offset },
                WishedGroups::Film => GroupBy::Film,
                WishedGroups::Cinema => GroupBy::Cinema,
                WishedGroups::Screening => GroupBy::Screening,
            },
            from: wish.from,
            to: wish.to,
            cinema_ids,
            film_ids: wish.film_ids,
            film_sid: wish.film_sid,
        };
        let rows = self.reads.sales(&wanted, ROWS + 1).await?;
        if i64::try_from(rows.len()).is_ok_and(|count| count > ROWS) {
            return Err(problem::report_too_large(ROWS));
        }
        Ok(SalesReport { rows: rows.into_iter().map(row).collect() })
    }

    pub(super) async fn cancellation(&self, context: &RequestContext, film_sid: i64) -> Answer<Cancellation> {
        let facts = self.facts.get(film_sid).await?;
        if !matches!(context.identity, Identity::Service(_)) && !context.caller()?.manages(facts.cinema_id) {
            return Err(problem::not_your_cinema());
        }
        let ended = self.reads.ended(film_sid).await?;
        if ended.stopped_at.is_none() && !facts.cancelled {
            return Err(problem::screening_not_cancelled());
        }
        Ok(Cancellation {
            film_sid,
            cancelled_at: ended.stopped_at.unwrap_or_default(),
            finished: ended.settled && ended.waiting == 0 && ended.open.0 == 0,
            orders: ended.refunded.0 + ended.open.0 + ended.failed.0 + ended.waiting,
            refunded: ended.refunded.0,
            open: ended.open.0,
            failed: ended.failed.0,
            waiting: ended.waiting,
            refunded_amount: ended.refunded.1,
            open_amount: ended.open.1,
            failed_amount: ended.failed.1,
            currency: ended.currency,
        })
    }
}

fn range_invalid() -> Problem {
    let days = LONGEST_MS / DAY_MS;
    let problem = format!("must be after from, and by {days} days at most");
    Problem::invalid("FIELD_INVALID", format!("to {problem}"))
        .with("field", "to")
        .with("problem", problem)
        .with("code", "REPORT_RANGE")
        .with("value", days)
}

fn row(sales: Sales) -> SalesRow {
    SalesRow {
        day: sales.day,
        film_id: sales.film_id,
        cinema_id: sales.cinema_id,
        film_sid: sales.film_sid,
        starts_at: sales.starts_at,
        currency: sales.currency,
        orders: sales.orders,
        seats_sold: sales.seats_sold,
        seats_refunded: sales.seats_refunded,
        captured: sales.captured,
        refunded: sales.refunded,
        fees: sales.fees,
    }
}
