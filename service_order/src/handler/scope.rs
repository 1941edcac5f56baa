//! Which cinemas a search for staff goes over.

use micro::{Caller, Identity, RequestContext};

use super::Answer;
use crate::domain::problem;

/// The cinemas to look at, those of the caller where none are named; `None` for all there are.
///
/// `all` says whether the caller may see every cinema, `one` whether they may see that one.
///
/// # Errors
/// `NOT_YOUR_CINEMA` where one is named that the caller may not see.
pub(super) fn cinemas(
    context: &RequestContext,
    named: &[i64],
    all: impl Fn(&Caller) -> bool,
    one: impl Fn(&Caller, i64) -> bool,
) -> Answer<Option<Vec<i64>>> {
    let mut named = named.to_vec();
    named.sort_unstable();
    named.dedup();
    if matches!(context.identity, Identity::Service(_)) {
        return Ok((!named.is_empty()).then_some(named));
    }
    let caller = context.caller()?;
    if named.is_empty() {
        return Ok((!all(caller)).then(|| caller.cinema_ids.clone()));
    }
    if named.iter().all(|cinema_id| one(caller, *cinema_id)) {
        return Ok(Some(named));
    }
    Err(problem::not_your_cinema())
}
