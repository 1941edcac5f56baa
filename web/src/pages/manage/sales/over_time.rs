//! Sales over time: by hour of a day, or by day; of many days the charts show weeks.

use std::collections::{BTreeMap, BTreeSet};

use contract::order::get_sales_report_request::GroupBy;
use jiff::civil::{DateTime, Time};

use super::super::local;
use super::asked::Group;
use super::facts::Facts;
use super::report::{Row, Sums};
use super::section::{Section, heading};
use super::table::{Cell, Column, Table};
use crate::chart::columns::{Axis, Point};
use crate::chart::{Chart, Columns};
use crate::format;
use crate::language::Language;
use crate::problem::Refused;

/// Days that a chart shows one by one at most; of more it shows weeks.
pub const DAYS_DRAWN: i64 = 62;
const HOURS: i8 = 24;

/// How long a column or a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Hour,
    Day,
    Week,
}

/// By currency, then by time.
type Sold = BTreeMap<String, BTreeMap<DateTime, Sums>>;

impl Length {
    /// Of the rows of a table.
    pub fn of_rows(facts: &Facts<'_>) -> Self {
        if facts.asked.days.is_one() { Self::Hour } else { Self::Day }
    }

    /// Of the columns of a chart.
    pub fn of_columns(facts: &Facts<'_>) -> Self {
        if facts.asked.days.count() > DAYS_DRAWN { Self::Week } else { Self::of_rows(facts) }
    }

    /// When the one begins that a time is in.
    pub fn begin(self, at: DateTime) -> DateTime {
        let date = at.date();
        match self {
            Self::Hour => date.at(at.hour(), 0, 0, 0),
            Self::Day => date.to_datetime(Time::midnight()),
            Self::Week => {
                let since_monday = i64::from(date.weekday().to_monday_zero_offset());
                local::days_on(date, -since_monday).to_datetime(Time::midnight())
            }
        }
    }

    /// All there are in the range.
    pub fn each(self, facts: &Facts<'_>) -> BTreeSet<DateTime> {
        let days = facts.asked.days;
        match self {
            Self::Hour => (0..HOURS).map(|hour| days.first.at(hour, 0, 0, 0)).collect(),
            length => days.each().map(|day| length.begin(day.to_datetime(Time::midnight()))).collect(),
        }
    }

    /// Short, beneath a column.
    pub fn name(self, language: Language, begin: DateTime) -> String {
        match self {
            Self::Hour => begin.strftime("%H:%M").to_string(),
            Self::Day | Self::Week => format::short_day(language, begin.date()),
        }
    }

    /// In words.
    pub fn words(self, language: Language, begin: DateTime) -> String {
        match self {
            Self::Hour => begin.strftime("%H:%M").to_string(),
            Self::Day => format::day(language, begin.date()),
            Self::Week => {
                let day = format::day(language, begin.date());
                language.text_with("sales-week-from", &[("day", day.into())])
            }
        }
    }
}

/// The part of a report.
pub async fn section(facts: &Facts<'_>) -> Result<Section, Refused> {
    let group_by = match Length::of_rows(facts) {
        Length::Hour => GroupBy::Hour,
        Length::Day | Length::Week => GroupBy::Day,
    };
    let rows = facts.rows(group_by).await?;
    let charts = match rows.is_empty() {
        true => Vec::new(),
        false => charts(facts, &added(facts, Length::of_columns(facts), &rows)),
    };
    let table = match rows.is_empty() {
        true => Table::default(),
        false => table(facts, &added(facts, Length::of_rows(facts), &rows)),
    };
    Ok(Section::new(facts, Group::Time, charts, table))
}

/// Added up, with nothing where nothing was sold.
fn added(facts: &Facts<'_>, length: Length, rows: &[Row]) -> Sold {
    let each = length.each(facts);
    let mut sold = Sold::new();
    for row in rows {
        let times = sold
            .entry(row.sales.currency.clone())
            .or_insert_with(|| each.iter().map(|begin| (*begin, Sums::default())).collect());
        *times.entry(length.begin(row.clock)).or_default() += &row.sales;
    }
    sold
}

fn table(facts: &Facts<'_>, sold: &Sold) -> Table {
    let language = facts.language();
    let length = Length::of_rows(facts);
    let column = if length == Length::Hour { "sales-hour" } else { "manage-day" };
    let mut table = Table::of_sales(language, vec![Column::words(language, column)], sold.len() > 1);
    let times: BTreeSet<DateTime> = sold.values().flat_map(|times| times.keys().copied()).collect();
    for begin in times {
        let plain = match length {
            Length::Hour => begin.strftime("%Y-%m-%d %H:%M").to_string(),
            Length::Day | Length::Week => begin.date().to_string(),
        };
        for (currency, times) in sold {
            let sums = times.get(&begin).copied().unwrap_or_default();
            let when = Cell::told(length.words(language, begin), plain.clone());
            table.add(vec![when], currency, sums);
        }
    }
    table
}

/// One of the money in each currency, and one of the seats.
fn charts(facts: &Facts<'_>, sold: &Sold) -> Vec<Chart> {
    let language = facts.language();
    let mut charts = Vec::new();
    let mut seats = BTreeMap::<DateTime, i64>::new();
    for (currency, times) in sold {
        let money = |amount: i64| format::money(language, amount, currency);
        let revenue = times.iter().map(|(begin, sums)| (*begin, sums.revenue()));
        let short = |amount| format::short_money(language, amount, currency);
        charts.push(chart(facts, ("sales-revenue", currency), "money", &revenue.collect(), money, short));
        for (begin, sums) in times {
            *seats.entry(*begin).or_default() += sums.seats();
        }
    }
    let short = |seats| format::short_number(language, seats);
    charts.push(chart(facts, ("sales-seats", ""), "seats", &seats, format::number, short));
    charts
}

fn chart(
    facts: &Facts<'_>,
    (what, currency): (&str, &str),
    colour: &'static str,
    values: &BTreeMap<DateTime, i64>,
    write: impl Fn(i64) -> String,
    short: impl Fn(i64) -> String,
) -> Chart {
    let language = facts.language();
    let length = Length::of_columns(facts);
    let point = |(begin, value): (&DateTime, &i64)| Point {
        name: length.name(language, *begin),
        words: format!("{}: {}", length.words(language, *begin), write(*value)),
        value: *value,
    };
    // Of equal ones the first.
    let most = values.iter().rev().max_by_key(|(_, value)| **value);
    let description = most.map_or_else(String::new, |(begin, value)| {
        let together = write(values.values().sum());
        let values = [
            ("name", length.words(language, *begin).into()),
            ("most", write(*value).into()),
            ("together", together.into()),
        ];
        language.text_with("sales-chart-about", &values)
    });
    let heading = heading(facts, Group::Time, what, currency, description);
    let points = values.iter().map(point).collect();
    Chart::Columns(Columns::of(heading, colour, Axis::UpTo, points, short))
}
