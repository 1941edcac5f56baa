//! What stands at the top of a report: everything together.

use std::collections::BTreeMap;

use super::before::Before;
use super::change::Change;
use super::facts::Facts;
use super::houses::{Full, House};
use super::occupancy::told;
use super::report::{Row, Sums};
use crate::format;
use crate::language::Language;

/// A figure: what it is, and what there is to say of it.
pub struct Figure {
    /// For the style sheet and for tests.
    pub name: &'static str,
    pub title: String,
    /// The number; one for each currency where it is money.
    pub values: Vec<Value>,
    pub more: Vec<String>,
}

/// A number, and how it has changed where it is compared.
pub struct Value {
    pub shown: String,
    pub change: Option<Change>,
}

/// The figures, and the same in a sentence.
pub struct Figures {
    pub all: Vec<Figure>,
    pub summary: String,
    /// What they are compared with.
    pub compared: String,
}

/// All that was sold: by currency, and together as far as it is no money.
#[derive(Default)]
struct Totals {
    money: BTreeMap<String, Sums>,
    together: Sums,
}

impl Totals {
    fn of(rows: &[Row]) -> Self {
        let mut totals = Self::default();
        for row in rows {
            *totals.money.entry(row.sales.currency.clone()).or_default() += &row.sales;
            totals.together += &row.sales;
        }
        totals
    }
}

impl Figures {
    /// Of rows by cinema, those before them, and of the screenings where they could be counted.
    pub fn of(facts: &Facts<'_>, rows: &[Row], before: Before, houses: Option<&[House]>) -> Self {
        let (mut now, before, compared) = (Totals::of(rows), Totals::of(&before.rows), before.about);
        // What was sold of nothing is nothing in the currencies of the cinemas, and of the days before.
        let currencies = facts.asked.cinemas.iter().map(|cinema| &cinema.currency).chain(before.money.keys());
        for currency in currencies {
            now.money.entry(currency.clone()).or_default();
        }
        let both = Both { language: facts.language(), now: &now, before: &before };
        let all = vec![
            revenue(facts, &both),
            seats(facts, &both),
            orders(facts, &both),
            refunds(facts, &both),
            fees(facts, &both),
            occupancy(facts, houses),
        ];
        let revenue: Vec<&str> = all[0].values.iter().map(|value| &*value.shown).collect();
        let summary = [
            ("revenue", revenue.join(", ").into()),
            ("seats", now.together.seats().into()),
            ("orders", now.together.orders.into()),
        ];
        Self { summary: facts.language().text_with("sales-summary", &summary), all, compared }
    }
}

/// What was sold, and what was sold before.
struct Both<'a> {
    language: Language,
    now: &'a Totals,
    before: &'a Totals,
}

impl Both<'_> {
    /// An amount of each currency.
    fn amounts(&self, amount: impl Fn(Sums) -> i64) -> Vec<Value> {
        let value = |(currency, sums): (&String, &Sums)| {
            let before = amount(self.before.money.get(currency).copied().unwrap_or_default());
            let written = format::money(self.language, before, currency);
            Value {
                shown: format::money(self.language, amount(*sums), currency),
                change: Some(Change::of(self.language, (before, &written), amount(*sums))),
            }
        };
        self.now.money.iter().map(value).collect()
    }

    /// A number of something.
    fn count(&self, count: impl Fn(Sums) -> i64) -> Vec<Value> {
        let (before, now) = (count(self.before.together), count(self.now.together));
        let change = Change::of(self.language, (before, &format::number(before)), now);
        vec![Value { shown: format::number(now), change: Some(change) }]
    }

    /// What one of something brings in the mean, in each currency in which there is some.
    fn mean(&self, name: &str, count: impl Fn(Sums) -> i64) -> Option<String> {
        let some = self.now.money.iter().filter(|(_, sums)| count(**sums) > 0);
        let mean = |(currency, sums): (&String, &Sums)| {
            format::money(self.language, sums.revenue() / count(*sums), currency)
        };
        let means = some.map(mean).collect::<Vec<_>>().join(", ");
        (!means.is_empty()).then(|| self.language.text_with(name, &[("amount", means.into())]))
    }
}

fn revenue(facts: &Facts<'_>, both: &Both<'_>) -> Figure {
    let paid = both.amounts(|sums| sums.captured);
    let paid = paid.into_iter().map(|value| value.shown).collect::<Vec<_>>().join(", ");
    let paid = facts.language().text_with("sales-of-paid", &[("amount", paid.into())]);
    Figure {
        name: "revenue",
        title: facts.t("sales-revenue"),
        values: both.amounts(Sums::revenue),
        more: std::iter::once(paid).chain(both.mean("sales-mean-seat", Sums::seats)).collect(),
    }
}

fn seats(facts: &Facts<'_>, both: &Both<'_>) -> Figure {
    let together = both.now.together;
    let sold = [("sold", together.sold.into()), ("back", together.given_back.into())];
    Figure {
        name: "seats",
        title: facts.t("sales-seats"),
        values: both.count(Sums::seats),
        more: vec![facts.language().text_with("sales-of-sold", &sold)],
    }
}

fn orders(facts: &Facts<'_>, both: &Both<'_>) -> Figure {
    Figure {
        name: "orders",
        title: facts.t("sales-orders"),
        values: both.count(|sums| sums.orders),
        more: both.mean("sales-mean-order", |sums| sums.orders).into_iter().collect(),
    }
}

fn refunds(facts: &Facts<'_>, both: &Both<'_>) -> Figure {
    let back = [("seats", both.now.together.given_back.into())];
    Figure {
        name: "refunds",
        title: facts.t("sales-refunds"),
        values: both.amounts(|sums| sums.refunded),
        more: vec![facts.language().text_with("sales-seat-count", &back)],
    }
}

fn fees(facts: &Facts<'_>, both: &Both<'_>) -> Figure {
    Figure {
        name: "fees",
        title: facts.t("sales-fees"),
        values: both.amounts(|sums| sums.fees),
        more: vec![facts.t("sales-fees-about")],
    }
}

fn occupancy(facts: &Facts<'_>, houses: Option<&[House]>) -> Figure {
    let (values, more) = match houses {
        None => ("–".to_owned(), facts.t("sales-occupancy-too-many")),
        Some([]) => ("–".to_owned(), facts.t("sales-no-screenings")),
        Some(houses) => {
            let full = Full::of(houses);
            let values = [
                ("taken", format::number(full.taken).into()),
                ("seats", format::number(full.seats).into()),
                ("screenings", houses.len().into()),
            ];
            (told(full.per_cent()), facts.language().text_with("sales-occupancy-of", &values))
        }
    };
    let values = vec![Value { shown: values, change: None }];
    Figure { name: "occupancy", title: facts.t("manage-occupancy"), values, more: vec![more] }
}
