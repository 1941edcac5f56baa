//! The days before: what a report is compared with.

use contract::order::get_sales_report_request::GroupBy;

use super::asked::{Asked, Basis};
use super::facts::Facts;
use super::report::Row;
use crate::State;
use crate::format;
use crate::language::Language;
use crate::problem::Refused;
use crate::visitor::Visitor;

/// What was sold in as many days before.
pub struct Before {
    /// By cinema.
    pub rows: Vec<Row>,
    /// Which days these are, in words.
    pub about: String,
}

impl Before {
    /// Of what was asked for. A day that is not over yet is compared with what there was of the
    /// other day at the same time of the clock: half a day and a whole one say nothing of each other.
    ///
    /// # Errors
    /// The services'.
    pub async fn of(state: &State, visitor: &Visitor, asked: &Asked) -> Result<Self, Refused> {
        let before = asked.before();
        let mut facts = Facts::gather(state, visitor, &before).await?;
        let mut until_now = false;
        if asked.basis == Basis::Sale {
            let (now, days) = (state.clock.now_ms(), asked.days.count());
            let whole = facts.stretches;
            facts.stretches = whole.iter().filter_map(|one| one.as_far_as(now, days)).collect();
            let end =
                |stretches: &[super::stretches::Stretch]| stretches.iter().map(|one| one.to).sum::<i64>();
            until_now = end(&facts.stretches) != end(&whole);
        }
        let rows = facts.rows(GroupBy::Cinema).await?;
        Ok(Self { rows, about: about(visitor.language, &before, until_now) })
    }
}

fn about(language: Language, before: &Asked, until_now: bool) -> String {
    let name = if until_now { "sales-compared-until-now" } else { "sales-compared" };
    let values = [
        ("count", before.days.count().into()),
        ("first", format::day(language, before.days.first).into()),
        ("last", format::day(language, before.days.last).into()),
    ];
    language.text_with(name, &values)
}
