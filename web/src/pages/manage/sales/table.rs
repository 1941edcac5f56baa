//! Tables: on the page for people, and as files for spreadsheets.

use super::report::Sums;
use crate::format;
use crate::language::Language;

/// Rows of a table on a page at most: those of the longest report by day. Files have all.
const SHOWN: usize = 400;

/// A table.
#[derive(Default)]
pub struct Table {
    /// Whose readers see its amounts.
    pub language: Language,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
pub struct Column {
    pub name: String,
    /// Whether its cells are numbers.
    pub number: bool,
    /// Whether files alone have it.
    pub hidden: bool,
}

/// A cell, as people read it and as spreadsheets do.
pub struct Cell {
    pub shown: String,
    pub plain: Plain,
    /// Where it leads.
    pub href: Option<String>,
}

/// What a spreadsheet takes a cell for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plain {
    /// Words, whatever they look like.
    Text(String),
    /// A number, or a day.
    Number(String),
}

impl Cell {
    /// Words.
    pub fn text(words: impl Into<String>) -> Self {
        let shown = words.into();
        Self { plain: Plain::Text(shown.clone()), shown, href: None }
    }

    /// A whole number.
    pub fn number(number: i64) -> Self {
        let shown = format::number(number);
        Self { shown, plain: Plain::Number(number.to_string()), href: None }
    }

    /// Minor units of a currency.
    pub fn money(language: Language, amount: i64, currency: &str) -> Self {
        let plain = Plain::Number(format::decimal(amount, currency));
        Self { shown: format::money(language, amount, currency), plain, href: None }
    }

    /// Something that is read in one way and reckoned with in another, such as a day.
    pub fn told(shown: impl Into<String>, plain: impl Into<String>) -> Self {
        Self { shown: shown.into(), plain: Plain::Number(plain.into()), href: None }
    }

    /// The same, leading somewhere.
    pub fn to(mut self, href: Option<String>) -> Self {
        self.href = href;
        self
    }
}

impl Column {
    /// Of words, or of days and times.
    pub fn words(language: Language, name: &str) -> Self {
        Self { name: language.text(name), number: false, hidden: false }
    }

    /// Of numbers.
    pub fn numbers(language: Language, name: &str) -> Self {
        Self { name: language.text(name), number: true, hidden: false }
    }
}

impl Table {
    /// The columns of a table of sales, behind its own ones.
    pub fn of_sales(language: Language, own: Vec<Column>, many_currencies: bool) -> Self {
        let currency = Column { hidden: !many_currencies, ..Column::words(language, "sales-currency") };
        let number = |name: &str| Column::numbers(language, name);
        let sums = [
            currency,
            number("sales-orders"),
            number("sales-seats"),
            number("sales-seats-back"),
            number("sales-captured"),
            number("sales-refunded"),
            number("sales-fees"),
            number("sales-revenue"),
        ];
        Self { language, columns: own.into_iter().chain(sums).collect(), rows: Vec::new() }
    }

    /// Adds a row of sales.
    pub fn add(&mut self, own: Vec<Cell>, currency: &str, sums: Sums) {
        let cells = [
            Cell::text(currency),
            Cell::number(sums.orders),
            Cell::number(sums.seats()),
            Cell::number(sums.given_back),
            Cell::money(self.language, sums.captured, currency),
            Cell::money(self.language, sums.refunded, currency),
            Cell::money(self.language, sums.fees, currency),
            Cell::money(self.language, sums.revenue(), currency),
        ];
        self.rows.push(own.into_iter().chain(cells).collect());
    }

    /// The rows that a page shows.
    pub fn shown(&self) -> &[Vec<Cell>] {
        &self.rows[..self.rows.len().min(SHOWN)]
    }

    /// How many rows a page shows, and how many there are, where that is not the same.
    pub fn cut(&self) -> Option<(usize, usize)> {
        (self.rows.len() > SHOWN).then_some((SHOWN, self.rows.len()))
    }

    /// A cell with its column, where pages have that.
    pub fn cells<'a>(&'a self, row: &'a [Cell]) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
        self.columns.iter().zip(row).filter(|(column, _)| !column.hidden)
    }
}
