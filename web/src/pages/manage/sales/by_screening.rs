//! Sales by screening.

use std::collections::BTreeMap;

use contract::order::get_sales_report_request::GroupBy;

use super::super::screening;
use super::asked::Group;
use super::facts::Facts;
use super::ranked::{self, Entry};
use super::report::Sums;
use super::section::Section;
use super::table::{Cell, Column, Table};
use crate::problem::Refused;
use crate::showing::{self, Showing};

/// The part of a report.
pub async fn section(facts: &Facts<'_>) -> Result<Section, Refused> {
    let mut sold = BTreeMap::<(i64, String), Sums>::new();
    for row in facts.rows(GroupBy::Screening).await? {
        *sold.entry((row.sales.film_sid, row.sales.currency.clone())).or_default() += &row.sales;
    }
    let ids = sold.keys().map(|(film_sid, _)| *film_sid).collect();
    let showings = showing::by_id(facts.state, facts.visitor, ids).await;
    let entry = |((film_sid, currency), sums)| {
        let showing = showings.get(&film_sid);
        let name = showing.map_or_else(|| facts.t("sales-film-unknown"), named);
        Entry { name, currency, sums, of: showing }
    };
    let mut entries: Vec<_> = sold.into_iter().map(entry).collect();
    ranked::sort(&mut entries);
    let charts = ranked::charts(facts, Group::Screening, &entries);
    let mut table = Table::of_sales(facts.language(), columns(facts), ranked::many_currencies(&entries));
    entries.sort_by_key(|entry| {
        entry.of.map(|showing| (showing.screening.starts_at, showing.screening.film_sid))
    });
    for entry in &entries {
        table.add(cells(facts, entry.of), &entry.currency, entry.sums);
    }
    Ok(Section::new(facts, Group::Screening, charts, table))
}

fn named(showing: &Showing) -> String {
    format!("{} · {} {}", showing.title, showing.day, showing.time())
}

/// What a table says of a screening.
pub fn columns(facts: &Facts<'_>) -> Vec<Column> {
    let words = |name| Column::words(facts.language(), name);
    let mut columns = vec![words("manage-film"), words("cinema"), words("manage-hall"), words("manage-day")];
    columns.push(words("manage-start"));
    columns
}

fn cells(facts: &Facts<'_>, showing: Option<&Showing>) -> Vec<Cell> {
    let Some(showing) = showing else {
        let nothing = ["", "", "", ""].map(Cell::text);
        return std::iter::once(Cell::text(facts.t("sales-film-unknown"))).chain(nothing).collect();
    };
    let screening = &showing.screening;
    let date = screening.starts_local.get(..10).unwrap_or_default();
    vec![
        Cell::text(&*showing.title).to(Some(screening::place(screening.film_sid))),
        Cell::text(&*showing.cinema.name),
        Cell::text(&*screening.hall_name),
        Cell::told(&*showing.day, date),
        Cell::told(showing.time(), showing.time()),
    ]
}
