//! What stands at the top of a report: everything together.

use std::collections::BTreeMap;

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
    pub values: Vec<String>,
    pub more: Vec<String>,
}

/// The figures, and the same in a sentence.
pub struct Figures {
    pub all: Vec<Figure>,
    pub summary: String,
}

impl Figures {
    /// Of rows by cinema, and of the screenings where they could be counted.
    pub fn of(facts: &Facts<'_>, rows: &[Row], houses: Option<&[House]>) -> Self {
        let mut money = BTreeMap::<String, Sums>::new();
        // What was sold of nothing is nothing in the currencies of the cinemas.
        for cinema in &facts.asked.cinemas {
            money.entry(cinema.currency.clone()).or_default();
        }
        let mut together = Sums::default();
        for row in rows {
            *money.entry(row.sales.currency.clone()).or_default() += &row.sales;
            together += &row.sales;
        }
        let all = vec![
            revenue(facts, &money),
            seats(facts, together),
            orders(facts, together, &money),
            refunds(facts, together, &money),
            fees(facts, &money),
            occupancy(facts, houses),
        ];
        let summary = [
            ("revenue", all[0].values.join(", ").into()),
            ("seats", together.seats().into()),
            ("orders", together.orders.into()),
        ];
        Self { summary: facts.language().text_with("sales-summary", &summary), all }
    }
}

/// An amount of each currency.
fn amounts(language: Language, money: &BTreeMap<String, Sums>, amount: impl Fn(Sums) -> i64) -> Vec<String> {
    money.iter().map(|(currency, sums)| format::money(language, amount(*sums), currency)).collect()
}

/// What one of something brings in the mean, in each currency in which there is some.
fn mean(
    facts: &Facts<'_>,
    money: &BTreeMap<String, Sums>,
    name: &str,
    count: impl Fn(Sums) -> i64,
) -> Option<String> {
    let language = facts.language();
    let some = money.iter().filter(|(_, sums)| count(**sums) > 0);
    let means = some.map(|(currency, sums)| format::money(language, sums.revenue() / count(*sums), currency));
    let means = means.collect::<Vec<_>>().join(", ");
    (!means.is_empty()).then(|| language.text_with(name, &[("amount", means.into())]))
}

fn revenue(facts: &Facts<'_>, money: &BTreeMap<String, Sums>) -> Figure {
    let paid = [("amount", amounts(facts.language(), money, |sums| sums.captured).join(", ").into())];
    let paid = facts.language().text_with("sales-of-paid", &paid);
    Figure {
        name: "revenue",
        title: facts.t("sales-revenue"),
        values: amounts(facts.language(), money, Sums::revenue),
        more: std::iter::once(paid).chain(mean(facts, money, "sales-mean-seat", Sums::seats)).collect(),
    }
}

fn seats(facts: &Facts<'_>, together: Sums) -> Figure {
    let sold = [("sold", together.sold.into()), ("back", together.given_back.into())];
    Figure {
        name: "seats",
        title: facts.t("sales-seats"),
        values: vec![format::number(together.seats())],
        more: vec![facts.language().text_with("sales-of-sold", &sold)],
    }
}

fn orders(facts: &Facts<'_>, together: Sums, money: &BTreeMap<String, Sums>) -> Figure {
    let mean = mean(facts, money, "sales-mean-order", |sums| sums.orders);
    Figure {
        name: "orders",
        title: facts.t("sales-orders"),
        values: vec![format::number(together.orders)],
        more: mean.into_iter().collect(),
    }
}

fn refunds(facts: &Facts<'_>, together: Sums, money: &BTreeMap<String, Sums>) -> Figure {
    let back = [("seats", together.given_back.into())];
    Figure {
        name: "refunds",
        title: facts.t("sales-refunds"),
        values: amounts(facts.language(), money, |sums| sums.refunded),
        more: vec![facts.language().text_with("sales-seat-count", &back)],
    }
}

fn fees(facts: &Facts<'_>, money: &BTreeMap<String, Sums>) -> Figure {
    Figure {
        name: "fees",
        title: facts.t("sales-fees"),
        values: amounts(facts.language(), money, |sums| sums.fees),
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
    Figure { name: "occupancy", title: facts.t("manage-occupancy"), values: vec![values], more: vec![more] }
}
