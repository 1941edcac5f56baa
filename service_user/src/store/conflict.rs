//! Which unique name an insert or update ran into.

use micro::Problem;

use crate::domain::Refusal;

/// The refusal a violated unique index means; other errors stay what they are.
///
/// PostgreSQL names the index, SQLite the column; the indexes are called
/// `account_COLUMN`, so the column's name occurs in both.
pub fn name_taken(error: sqlx::Error) -> Problem {
    let violated = match &error {
        sqlx::Error::Database(database) if database.is_unique_violation() => {
            format!("{} {}", database.constraint().unwrap_or_default(), database.message())
        }
        _ => return error.into(),
    };
    let taken = [
        ("user_name_key", Refusal::UserNameTaken),
        ("email_key", Refusal::EmailTaken),
        ("phone_key", Refusal::PhoneTaken),
    ];
    match taken.into_iter().find(|(column, _)| violated.contains(column)) {
        Some((_, refusal)) => refusal.into(),
        None => error.into(),
    }
}
