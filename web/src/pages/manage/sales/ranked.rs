//! What sold most: the bars of films, cinemas and screenings.

use std::collections::BTreeMap;

use super::asked::Group;
use super::facts::Facts;
use super::report::Sums;
use super::section::heading;
use crate::chart::bars::Item;
use crate::chart::{Bars, Chart};
use crate::format;

/// Bars of a chart at most; the others are one together.
const DRAWN: usize = 10;

/// Something that was sold, in one currency.
pub struct Entry<T> {
    /// What a chart calls it.
    pub name: String,
    pub currency: String,
    pub sums: Sums,
    /// What else is known of it.
    pub of: T,
}

/// Currency by currency, those with the highest revenue first.
pub fn sort<T>(entries: &mut [Entry<T>]) {
    entries.sort_by(|a, b| {
        let order = a.currency.cmp(&b.currency).then(b.sums.revenue().cmp(&a.sums.revenue()));
        order.then_with(|| a.name.cmp(&b.name))
    });
}

/// How many currencies there are: more than one have a column of their own.
pub fn many_currencies<T>(entries: &[Entry<T>]) -> bool {
    entries.windows(2).any(|pair| pair[0].currency != pair[1].currency)
}

/// One of each currency, of entries in their order.
pub fn charts<T>(facts: &Facts<'_>, group: Group, entries: &[Entry<T>]) -> Vec<Chart> {
    let mut currencies = BTreeMap::<&str, Vec<&Entry<T>>>::new();
    for entry in entries {
        currencies.entry(&entry.currency).or_default().push(entry);
    }
    currencies.into_iter().map(|(currency, entries)| chart(facts, group, currency, &entries)).collect()
}

fn chart<T>(facts: &Facts<'_>, group: Group, currency: &str, entries: &[&Entry<T>]) -> Chart {
    // One more in the place of the last is not worth hiding it.
    let drawn = if entries.len() == DRAWN + 1 { DRAWN + 1 } else { DRAWN.min(entries.len()) };
    let (shown, rest) = entries.split_at(drawn);
    let mut others = Sums::default();
    for entry in rest {
        others += entry.sums;
    }
    let named = shown.iter().map(|entry| (entry.name.clone(), entry.sums));
    let count = [("count", rest.len().into())];
    let others = (!rest.is_empty()).then(|| (facts.language().text_with("sales-others", &count), others));
    let lines: Vec<(String, Sums)> = named.chain(others).collect();
    let whole = lines.iter().map(|(_, sums)| sums.revenue()).max().unwrap_or_default();
    let description = lines.iter().map(|(name, sums)| format!("{name}: {}", value(facts, currency, *sums)));
    let description = description.collect::<Vec<_>>().join("; ");
    let items = lines.iter().map(|(name, sums)| Item {
        name: name.clone(),
        value: value(facts, currency, *sums),
        part: sums.revenue(),
        whole,
    });
    let heading = heading(facts, group, "sales-revenue", currency, description);
    Chart::Bars(Bars::of(heading, "money", items.collect()))
}

fn value(facts: &Facts<'_>, currency: &str, sums: Sums) -> String {
    let seats = facts.language().text_with("sales-seat-count", &[("seats", sums.seats().into())]);
    format!("{} · {seats}", format::money(facts.language(), sums.revenue(), currency))
}
