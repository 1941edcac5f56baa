//! Tables as files for spreadsheets: CSV (RFC 4180), in UTF-8.

use super::table::{Cell, Plain, Table};

/// Tells spreadsheets that the file is UTF-8: without it they take Chinese for something else.
const MARK: &str = "\u{feff}";
const END: &str = "\r\n";

/// What a spreadsheet takes for the beginning of a formula, in full width too.
const FORMULAS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A table as a file.
pub fn write(table: &Table) -> String {
    let mut file = MARK.to_owned();
    let names = table.columns.iter().map(|column| words(&column.name));
    file.push_str(&line(names));
    for row in &table.rows {
        file.push_str(&line(row.iter().map(cell)));
    }
    file
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = cells.collect::<Vec<_>>().join(",");
    line.push_str(END);
    line
}

fn cell(cell: &Cell) -> String {
    match &cell.plain {
        Plain::Text(text) => words(text),
        Plain::Number(number) => quoted(number),
    }
}

/// Words, which no spreadsheet may take for a formula: somebody else may have written them.
fn words(text: &str) -> String {
    let formula = text.trim_start_matches(' ').starts_with(FORMULAS);
    if formula { quoted(&format!("'{text}")) } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::pages::manage::sales::report::Sums;
    use crate::pages::manage::sales::table::Column;

    #[test]
    fn what_would_end_a_cell_is_quoted() {
        for (text, cell) in [
            ("Amélie", "Amélie"),
            ("天使爱美丽", "天使爱美丽"),
            ("Good, Bad", "\"Good, Bad\""),
            ("The \"Ugly\"", "\"The \"\"Ugly\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            (" room ", "\" room \""),
            ("", ""),
        ] {
            assert_eq!(words(text), cell, "{text:?}");
        }
    }

    #[test]
    fn no_title_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", " =1"] {
            let cell = words(text);
            assert!(cell.trim_start_matches('"').starts_with('\''), "{text:?}: {cell:?}");
        }
        assert_eq!(
            words("=HYPERLINK(\"http://evil\",\"x\")"),
            "\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\""
        );
        assert_eq!(words("7-1=6"), "7-1=6");
    }

    #[test]
    fn a_file_has_a_mark_names_and_money_in_major_units() {
        let language = Language::En;
        let own = vec![Column::words(language, "manage-film")];
        let mut table = Table::of_sales(language, own, false);
        let sums = Sums { orders: 2, sold: 4, given_back: 1, captured: 541_000, refunded: 1_200, fees: 5 };
        table.add(vec![Cell::text("@Amélie")], "EUR", sums);
        let file = write(&table);
        let (head, row) = file.strip_prefix('\u{feff}').unwrap().split_once("\r\n").unwrap();
        assert!(head.starts_with("Film,Currency,Orders,"), "{head}");
        assert_eq!(row, "'@Amélie,EUR,2,3,1,5410.00,12.00,0.05,5398.00\r\n");
    }
}
