//! Statements whose conditions depend on what is asked, and whose values are numbers.

use std::fmt::Write as _;

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Transaction};

/// Lengths of lists in statements, so that the database sees few different ones.
const LENGTHS: [usize; 5] = [1, 4, 16, 64, 256];

/// A statement that is being put together. Values never become part of its text.
#[derive(Default)]
pub(super) struct Numbers {
    sql: String,
    values: Vec<i64>,
}

impl Numbers {
    pub(super) fn new(beginning: &str) -> Self {
        Self { sql: beginning.to_owned(), values: Vec::new() }
    }

    /// Adds text as it is: a literal, or what was put together from literals.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.sql.push_str(text);
        self
    }

    /// Adds a value.
    pub(super) fn value(&mut self, value: i64) -> &mut Self {
        self.values.push(value);
        let _ = write!(self.sql, "${}", self.values.len());
        self
    }

    /// Adds a list of values in brackets, never empty.
    pub(super) fn list(&mut self, values: &[i64]) -> &mut Self {
        let last = values.last().copied().unwrap_or(0);
        let length = LENGTHS.into_iter().find(|length| *length >= values.len()).unwrap_or(values.len());
        self.sql.push('(');
        for position in 0..length {
            if position > 0 {
                self.sql.push_str(", ");
            }
            self.value(values.get(position).copied().unwrap_or(last));
        }
        self.sql.push(')');
        self
    }

    /// All rows of the answer.
    pub(super) async fn all(
        self,
        transaction: &mut Transaction<'static, Any>,
    ) -> Result<Vec<AnyRow>, sqlx::Error> {
        // Safe: the text is put together from literals, values are bound.
        let query: Query<'_, Any, AnyArguments> = sqlx::query(AssertSqlSafe(self.sql));
        let bound = self.values.into_iter().fold(query, |query, value| query.bind(value));
        bound.fetch_all(&mut **transaction).await
    }
}
