//! Why a screening could not be planned, in words.

use tonic::Status;
use tonic_types::StatusExt;

use crate::State;
use crate::problem;
use crate::showing;
use crate::visitor::Visitor;

/// What the service refused in words; of an overlap, with what.
pub async fn words(state: &State, visitor: &Visitor, status: &Status) -> String {
    match overlaps_with(status) {
        Some(film_sid) => overlap(state, visitor, film_sid).await,
        None => None,
    }
    .unwrap_or_else(|| problem::words(visitor.language, status))
}

fn overlaps_with(status: &Status) -> Option<i64> {
    let details = status.get_error_details();
    let info = details.error_info().filter(|info| info.reason == "SCREENING_OVERLAPS")?;
    info.metadata.get("film_sid")?.parse().ok()
}

async fn overlap(state: &State, visitor: &Visitor, film_sid: i64) -> Option<String> {
    let other = showing::one(state, visitor, film_sid).await?;
    let values = [
        ("title", other.title.as_str().into()),
        ("hall", other.screening.hall_name.as_str().into()),
        ("day", other.day.as_str().into()),
        ("begins", other.time().into()),
        ("ends", other.ends().into()),
    ];
    Some(visitor.language.text_with("manage-overlaps", &values))
}
