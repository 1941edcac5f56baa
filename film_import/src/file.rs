//! The records of a file.

use serde_json::Value;
use thiserror::Error;

/// Longest file, bytes.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;
/// What some editors begin a text in UTF-8 with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a file cannot be read at all.
#[derive(Debug, Error)]
pub enum FileError {
    /// Past the limit.
    #[error("the file is longer than {MAX_FILE_BYTES} bytes")]
    TooLong,
    /// Not JSON.
    #[error("the file is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON, but no list.
    #[error("the file is not a list of records")]
    NotAList,
}

/// The records of a file.
///
/// # Errors
/// A file that is too long, is not JSON, or is no list.
pub fn read(bytes: &[u8]) -> Result<Vec<Value>, FileError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(FileError::TooLong);
    }
    match serde_json::from_slice(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes))? {
        Value::Array(records) => Ok(records),
        _ => Err(FileError::NotAList),
    }
}
