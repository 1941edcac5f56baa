//! Columns and what they stand for.

use micro::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A number the contract keeps within 32 bits.
pub fn small(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A list or map as a column holds it.
///
/// # Errors
/// None: texts and numbers always have a JSON form.
pub fn to_json(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(Problem::internal)
}

/// A list or map from its column.
///
/// # Errors
/// `INTERNAL` where the column holds something we did not write.
pub fn from_json<T: DeserializeOwned>(column: &str) -> Result<T, Problem> {
    serde_json::from_str(column).map_err(Problem::internal)
}
