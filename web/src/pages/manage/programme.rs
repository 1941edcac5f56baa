//! What a cinema shows between two moments, and what was sold of it.

use std::collections::HashMap;

use contract::film::{Cinema, Film, GetInfoListRequest, Screening};
use contract::order::get_sales_report_request::{Basis, GroupBy};
use contract::order::{GetSalesReportRequest, SalesRow};

use crate::State;
use crate::problem::Refused;
use crate::visitor::Visitor;

/// Screenings asked for at a time: what the service answers.
const PAGE: i32 = 200;
/// Pages read at most: two thousand screenings, which no cinema has in a week.
const MOST_PAGES: usize = 10;

/// Screenings in order of start, and their films.
#[derive(Default)]
pub struct Programme {
    /// Those that take place.
    pub screenings: Vec<Screening>,
    /// Those that were cancelled.
    pub cancelled: Vec<Screening>,
    films: HashMap<i64, Film>,
}

/// What was sold of a screening.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sold {
    /// Seats that are taken: sold and not given back.
    pub taken: i64,
    /// What was paid less what was given back, minor units.
    pub revenue: i64,
}

impl Sold {
    fn of(row: &SalesRow) -> Self {
        Self { taken: row.seats_sold - row.seats_refunded, revenue: row.captured - row.refunded }
    }
}

impl Programme {
    /// The film of a screening.
    pub fn film(&self, film_id: i64) -> Option<&Film> {
        self.films.get(&film_id)
    }

    /// Adds what starts at a cinema, at all of them where it is 0, from one moment on and before
    /// another. Says whether that was all, or there are more pages than were to be read.
    pub async fn read(
        &mut self,
        state: &State,
        visitor: &Visitor,
        cinema_id: i64,
        (from, to): (i64, i64),
        most_pages: usize,
    ) -> Result<bool, Refused> {
        let mut page_token = String::new();
        for _ in 0..most_pages {
            let request = GetInfoListRequest {
                from,
                to: to - 1,
                cinema_id,
                page_size: PAGE,
                page_token,
                with_cancelled: true,
                ..GetInfoListRequest::default()
            };
            let page = state.services.films().get_info_list(visitor.ask(request)).await?.into_inner();
            let (cancelled, planned): (Vec<_>, Vec<_>) =
                page.screenings.into_iter().partition(|screening| screening.cancelled);
            self.screenings.extend(planned);
            self.cancelled.extend(cancelled);
            self.films.extend(page.films.into_iter().map(|film| (film.film_id, film)));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What starts from one moment on and before another.
pub async fn between(
    state: &State,
    visitor: &Visitor,
    cinema: &Cinema,
    from: i64,
    to: i64,
) -> Result<Programme, Refused> {
    let mut programme = Programme::default();
    programme.read(state, visitor, cinema.cinema_id, (from, to), MOST_PAGES).await?;
    Ok(programme)
}

/// What was sold of the screenings that start then, by screening.
pub async fn sold_by_screening(
    state: &State,
    visitor: &Visitor,
    cinema: &Cinema,
    from: i64,
    to: i64,
) -> Result<HashMap<i64, Sold>, Refused> {
    let request = GetSalesReportRequest {
        basis: Basis::Start.into(),
        from,
        to,
        cinema_ids: vec![cinema.cinema_id],
        group_by: GroupBy::Screening.into(),
        ..GetSalesReportRequest::default()
    };
    let report = state.services.orders().get_sales_report(visitor.ask(request)).await?.into_inner();
    Ok(report.rows.iter().map(|row| (row.film_sid, Sold::of(row))).collect())
}
