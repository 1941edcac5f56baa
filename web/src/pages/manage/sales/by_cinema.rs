//! Sales by cinema.

use std::collections::BTreeMap;

use contract::film::Cinema;

use super::asked::{Asked, Group};
use super::facts::Facts;
use super::ranked::{self, Entry};
use super::report::{Row, Sums};
use super::section::Section;
use super::table::{Cell, Column, Table};

/// The part of a report, of rows by cinema.
pub fn section(facts: &Facts<'_>, rows: &[Row]) -> Section {
    let mut sold = BTreeMap::<(i64, String), Sums>::new();
    for row in rows {
        *sold.entry((row.sales.cinema_id, row.sales.currency.clone())).or_default() += &row.sales;
    }
    let entry = |((cinema_id, currency), sums)| {
        let cinema = facts.cinema(cinema_id);
        let name = cinema.map(|cinema| cinema.name.clone()).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| facts.t("sales-cinema-unknown"));
        Entry { name, currency, sums, of: cinema }
    };
    let mut entries: Vec<_> = sold.into_iter().map(entry).collect();
    ranked::sort(&mut entries);
    let language = facts.language();
    let own = vec![Column::words(language, "cinema"), Column::words(language, "sales-city")];
    let mut table = Table::of_sales(language, own, ranked::many_currencies(&entries));
    for entry in &entries {
        let city = entry.of.map_or("", |cinema| &*cinema.city);
        let href = entry.of.and_then(|cinema| alone(facts.asked, cinema));
        table.add(vec![Cell::text(&*entry.name).to(href), Cell::text(city)], &entry.currency, entry.sums);
    }
    Section::new(facts, Group::Cinema, ranked::charts(facts, Group::Cinema, &entries), table)
}

/// The report of a cinema alone, where it can be chosen.
fn alone(asked: &Asked, cinema: &Cinema) -> Option<String> {
    let chosen = Asked { cinema: Some(cinema.cinema_id), cinemas: Vec::new(), ..*asked };
    (!cinema.retired).then(|| chosen.address("/manage/sales", asked.range, Group::Overview))
}
