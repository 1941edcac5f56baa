//! Sales by film.

use std::collections::{BTreeMap, BTreeSet};

use contract::order::get_sales_report_request::GroupBy;

use super::asked::Group;
use super::facts::Facts;
use super::names;
use super::ranked::{self, Entry};
use super::report::Sums;
use super::section::Section;
use super::table::{Cell, Column, Table};
use crate::problem::Refused;

/// The part of a report.
pub async fn section(facts: &Facts<'_>) -> Result<Section, Refused> {
    let mut sold = BTreeMap::<(i64, String), Sums>::new();
    for row in facts.rows(GroupBy::Film).await? {
        *sold.entry((row.sales.film_id, row.sales.currency.clone())).or_default() += &row.sales;
    }
    let film_ids: BTreeSet<i64> = sold.keys().map(|(film_id, _)| *film_id).collect();
    let titles = names::titles(facts, &film_ids).await?;
    let entry = |((film_id, currency), sums)| {
        let known: Option<&String> = titles.get(&film_id);
        Entry {
            name: known.cloned().unwrap_or_else(|| facts.t("sales-film-unknown")),
            currency,
            sums,
            of: known.map(|_| format!("/manage/films/{film_id}")),
        }
    };
    let mut entries: Vec<_> = sold.into_iter().map(entry).collect();
    ranked::sort(&mut entries);
    let language = facts.language();
    let own = vec![Column::words(language, "manage-film")];
    let mut table = Table::of_sales(language, own, ranked::many_currencies(&entries));
    for entry in &entries {
        let film = Cell::text(&*entry.name).to(entry.of.clone());
        table.add(vec![film], &entry.currency, entry.sums);
    }
    Ok(Section::new(facts, Group::Film, ranked::charts(facts, Group::Film, &entries), table))
}
