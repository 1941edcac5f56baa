//! A part of a report: charts, and the same numbers in a table.

use super::asked::{Asked, Group};
use super::facts::Facts;
use super::table::Table;
use crate::chart::{Chart, Heading};
use crate::language::Language;

/// A part of a report.
pub struct Section {
    /// What it is of.
    pub group: Group,
    pub title: String,
    pub charts: Vec<Chart>,
    pub table: Table,
    /// Where the file of the table is.
    pub file: String,
    /// Whether the table is open: it is, where the part is all there is.
    pub open: bool,
    /// What there is to say instead of the table.
    pub instead: Option<String>,
    /// How many rows there are where not all are shown.
    pub cut: Option<String>,
}

impl Section {
    /// A part of a report.
    pub fn new(facts: &Facts<'_>, group: Group, charts: Vec<Chart>, table: Table) -> Self {
        let asked = facts.asked;
        let cut = table.cut().map(|(shown, all)| {
            let values = [("shown", shown.into()), ("all", all.into())];
            facts.language().text_with("sales-rows-cut", &values)
        });
        Self {
            group,
            title: named(facts.language(), asked, group),
            charts,
            file: asked.address("/manage/sales.csv", asked.range, group),
            open: asked.group == group,
            instead: table.rows.is_empty().then(|| facts.t("sales-nothing")),
            cut,
            table,
        }
    }

    /// A part that cannot be told.
    pub fn untold(facts: &Facts<'_>, group: Group, why: String) -> Self {
        let mut section = Self::new(facts, group, Vec::new(), Table::default());
        section.instead = Some(why);
        section
    }
}

/// What a part is called.
pub fn named(language: Language, asked: &Asked, group: Group) -> String {
    match group {
        Group::Time if asked.days.is_one() => language.text("sales-by-hour"),
        group => language.text(&format!("sales-by-{}", group.name())),
    }
}

/// What a chart is called: what it shows, by what, and in which currency.
pub fn heading(facts: &Facts<'_>, group: Group, what: &str, currency: &str, description: String) -> Heading {
    let shows = facts.t(what);
    let by = named(facts.language(), facts.asked, group);
    let values = [("what", shows.into()), ("by", by.into()), ("currency", currency.into())];
    let name = if currency.is_empty() { "sales-chart" } else { "sales-chart-in" };
    Heading {
        id: format!("chart-{}-{what}{currency}", group.name()),
        title: facts.language().text_with(name, &values),
        description,
    }
}
