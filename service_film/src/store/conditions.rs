//! Statements whose conditions depend on what is asked.

use std::fmt::Write as _;

use micro::Problem;
use micro::database::Database;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, FromRow};

/// A statement that is being put together. Values never become part of its text.
pub struct Statement {
    sql: String,
    values: Vec<Value>,
}

/// A value of a statement.
pub enum Value {
    /// `BIGINT`.
    Number(i64),
    /// `TEXT`.
    Text(String),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Statement {
    pub fn new(beginning: &'static str) -> Self {
        Self { sql: beginning.to_owned(), values: Vec::new() }
    }

    /// Adds text as it is.
    pub fn text(&mut self, text: &'static str) -> &mut Self {
        self.sql.push_str(text);
        self
    }

    /// Adds a value.
    pub fn value(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let _ = write!(self.sql, "${}", self.values.len());
        self
    }

    /// Adds a list of values in brackets: never empty, and of few lengths, so
    /// that the database sees few different statements.
    pub fn list(&mut self, ids: &[i64]) -> &mut Self {
        let last = ids.last().copied().unwrap_or(0);
        let length = LENGTHS.into_iter().find(|length| *length >= ids.len()).unwrap_or(ids.len());
        self.sql.push('(');
        for position in 0..length {
            if position > 0 {
                self.sql.push_str(", ");
            }
            self.value(ids.get(position).copied().unwrap_or(last));
        }
        self.sql.push(')');
        self
    }

    /// All rows of the answer.
    ///
    /// # Errors
    /// The database's.
    pub async fn all<R>(self, database: &Database) -> Result<Vec<R>, Problem>
    where
        R: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        // Safe: the text is put together from literals, values are bound.
        let mut query = sqlx::query_as::<Any, R>(AssertSqlSafe(self.sql));
        for value in self.values {
            query = match value {
                Value::Number(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
            };
        }
        Ok(query.fetch_all(database.pool()).await?)
    }
}

/// Lengths of lists in statements.
const LENGTHS: [usize; 5] = [1, 4, 16, 64, 256];
