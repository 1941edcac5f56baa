//! What every part of a report starts from.

use std::collections::BTreeSet;

use contract::film::Cinema;
use contract::order::GetSalesReportRequest;
use contract::order::get_sales_report_request::GroupBy;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::asked::Asked;
use super::days::MOST_DAYS;
use super::report::{self, Row};
use super::stretches::{self, Stretch};
use crate::State;
use crate::language::Language;
use crate::problem::Refused;
use crate::showing;
use crate::visitor::Visitor;

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How far clocks are from UTC at most, milliseconds.
const CLOCKS_MS: i64 = 14 * HOUR_MS;
/// Cinemas out of the programme that are looked up at most.
const RETIRED: usize = 100;

/// Who asks for what.
pub struct Facts<'a> {
    pub state: &'a State,
    pub visitor: &'a Visitor,
    pub asked: &'a Asked,
    /// The cinemas of the report; those out of the programme too, where they sold something.
    pub cinemas: Vec<Cinema>,
    pub stretches: Vec<Stretch>,
}

impl<'a> Facts<'a> {
    /// Gathers them.
    pub async fn gather(state: &'a State, visitor: &'a Visitor, asked: &'a Asked) -> Result<Self, Refused> {
        let mut cinemas = asked.cinemas.clone();
        if asked.cinema.is_none() {
            cinemas.extend(retired(state, visitor, asked).await?);
        }
        let stretches = stretches::of(&cinemas, asked.days);
        Ok(Self { state, visitor, asked, cinemas, stretches })
    }

    /// The language of the page.
    pub fn language(&self) -> Language {
        self.visitor.language
    }

    /// What was sold, by something.
    pub async fn rows(&self, group_by: GroupBy) -> Result<Vec<Row>, Refused> {
        report::rows(self.state, self.visitor, &self.stretches, self.asked.basis.moment(), group_by).await
    }

    /// One of the cinemas.
    pub fn cinema(&self, cinema_id: i64) -> Option<&Cinema> {
        self.cinemas.iter().find(|cinema| cinema.cinema_id == cinema_id)
    }

    /// A text of the site.
    pub fn t(&self, name: &str) -> String {
        self.language().text(name)
    }
}

/// Cinemas that have sold something and are out of the programme since.
async fn retired(state: &State, visitor: &Visitor, asked: &Asked) -> Result<Vec<Cinema>, Refused> {
    let wish = widest(asked);
    let report = state.services.orders().get_sales_report(visitor.ask(wish.clone())).await?.into_inner();
    let sold: BTreeSet<i64> = report.rows.iter().map(|row| row.cinema_id).collect();
    let known: BTreeSet<i64> = asked.cinemas.iter().map(|cinema| cinema.cinema_id).collect();
    let mut found = Vec::new();
    for cinema_id in sold.difference(&known) {
        let cinema = match found.len() < RETIRED {
            true => look_up(state, visitor, &wish, *cinema_id).await?,
            false => None,
        };
        // What it sold counts, whether it can be looked up or not.
        let nameless = || Cinema { cinema_id: *cinema_id, retired: true, ..Cinema::default() };
        found.push(cinema.unwrap_or_else(nameless));
    }
    Ok(found)
}

/// The sales by cinema of all the time it is one of the days anywhere, as far as a report goes.
fn widest(asked: &Asked) -> GetSalesReportRequest {
    let midnight = |day: Date| {
        day.to_zoned_datetime(TimeZone::UTC).map(|at| at.timestamp().as_millisecond()).unwrap_or_default()
    };
    let from = midnight(asked.days.first) - CLOCKS_MS;
    let to = midnight(asked.days.last) + DAY_MS + CLOCKS_MS;
    GetSalesReportRequest {
        basis: asked.basis.moment().into(),
        from,
        to: to.min(from + MOST_DAYS * DAY_MS),
        group_by: GroupBy::Cinema.into(),
        ..GetSalesReportRequest::default()
    }
}

/// A cinema by one of the screenings it sold, which are never forgotten.
async fn look_up(
    state: &State,
    visitor: &Visitor,
    wish: &GetSalesReportRequest,
    cinema_id: i64,
) -> Result<Option<Cinema>, Refused> {
    let wish = GetSalesReportRequest {
        cinema_ids: vec![cinema_id],
        group_by: GroupBy::Screening.into(),
        ..wish.clone()
    };
    let report = state.services.orders().get_sales_report(visitor.ask(wish)).await?.into_inner();
    let Some(film_sid) = report.rows.first().map(|row| row.film_sid) else { return Ok(None) };
    Ok(showing::one(state, visitor, film_sid).await.map(|showing| showing.cinema))
}
