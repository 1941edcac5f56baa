//! What is to be imported.

use axum::extract::Request;
use film_import::{FileError, Import, Years};
use micro::Problem;

use crate::pages::manage::upload;

/// Most records of a file: an import of more takes longer than somebody looks at a page, and is
/// for the command line.
pub const MOST_RECORDS: usize = 20_000;
/// Years that may be the latest of a file: as at the command line.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;

/// The import that a form asks for; `typed` gets the year as it was typed.
///
/// # Errors
/// Why the form, or its file, cannot be used.
pub async fn import(request: Request, now_ms: i64, typed: &mut String) -> Result<Import, Problem> {
    let mut fields = upload::fields(request).await?;
    let mut take = |name: &str| fields.remove(name).unwrap_or_default();
    *typed = take("latest_year").trim().to_owned();
    let years = years(typed, now_ms)?;
    let file = take("file");
    if file.trim().is_empty() {
        return Err(Problem::invalid("FILE_MISSING", "choose a file that is not empty"));
    }
    let records = film_import::read(file.as_bytes()).map_err(|error| unusable(&error))?;
    match records.len() {
        0 => Err(Problem::invalid("FILE_WITHOUT_RECORDS", "the list in the file is empty")),
        count if count > MOST_RECORDS => {
            let message = format!("the file has more than {MOST_RECORDS} records");
            Err(Problem::invalid("FILE_TOO_MANY_RECORDS", message).with("limit", MOST_RECORDS))
        }
        _ => Ok(Import::new(records, years)),
    }
}

fn years(typed: &str, now_ms: i64) -> Result<Years, Problem> {
    if typed.is_empty() {
        return Ok(Years::announced(now_ms));
    }
    let year = typed.parse().ok().filter(|year| YEARS.contains(year));
    year.map(Years::none_after).ok_or_else(|| Problem::invalid("YEAR_INVALID", "give a year such as 2011"))
}

fn unusable(error: &FileError) -> Problem {
    match error {
        FileError::TooLong => Problem::invalid("FORM_TOO_LARGE", error.to_string()),
        FileError::NotAList => Problem::invalid("FILE_NOT_A_LIST", error.to_string()),
        FileError::Json(fault) if fault.is_eof() => Problem::invalid("FILE_CUT_OFF", error.to_string()),
        FileError::Json(fault) => Problem::invalid("FILE_NOT_JSON", error.to_string())
            .with("line", fault.line())
            .with("column", fault.column()),
    }
}
