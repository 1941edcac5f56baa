//! Pages of lists.

use micro::{Problem, page};
use serde::{Deserialize, Serialize};

/// Entries on a page where the request names no number.
const DEFAULT_PAGE_SIZE: i64 = 50;

/// Which list a token is of; another list's does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum List {
    /// Cinemas, by city.
    Cinemas,
    /// Films of the catalogue, by title.
    Films,
    /// Films now showing, by popularity.
    Popular,
    /// Films now showing, by release date.
    Newest,
    /// Films now showing, by title.
    Titles,
    /// Changes, the newest first.
    Changes,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    list: List,
    id: i64,
}

/// How many entries a page has.
#[must_use]
pub fn size(page_size: i32) -> i64 {
    if page_size == 0 { DEFAULT_PAGE_SIZE } else { i64::from(page_size) }
}

/// Id of the last entry of the page before; 0 for the first page.
///
/// # Errors
/// `PAGE_TOKEN_INVALID`.
pub fn after(token: &str, list: List) -> Result<i64, Problem> {
    if token.is_empty() {
        return Ok(0);
    }
    let after: After = page::decode(token)?;
    if after.list == list && after.id > 0 {
        return Ok(after.id);
    }
    Err(Problem::invalid("PAGE_TOKEN_INVALID", "page_token is of another list; start again without it"))
}

/// Cuts what is beyond the page off; one entry more than its size tells that
/// another page follows. Gives back the last entry's token, made by `token`.
pub fn cut<T>(entries: &mut Vec<T>, size: i64, token: impl FnOnce(&T) -> String) -> String {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = entries.len() > size;
    entries.truncate(size);
    entries.last().filter(|_| more).map(token).unwrap_or_default()
}

/// A token that a list goes on from.
#[must_use]
pub fn token(list: List, id: i64) -> String {
    page::encode(&After { list, id })
}
