//! Finding accounts for an admin.

use micro::Problem;
use serde::{Deserialize, Serialize};

use super::account::{Row, select_account};
use super::{Account, Store};
use crate::domain::login_name::key;

/// Where a page ended: the last account on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// When the account was opened.
    pub created_at: i64,
    /// Its id.
    pub id: i64,
}

impl Position {
    /// Before the first page.
    pub const START: Self = Self { created_at: i64::MAX, id: i64::MAX };
}

impl Store {
    /// At most `limit` accounts after a position, newest first, with `part` in one of their names.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_accounts(
        &self,
        part: &str,
        after: Position,
        limit: i64,
    ) -> Result<Vec<Account>, Problem> {
        let sql = select_account!(
            "WHERE (created_at, id) < ($1, $2) AND search_text LIKE $3 ESCAPE '!' \
             ORDER BY created_at DESC, id DESC LIMIT $4"
        );
        let rows: Vec<Row> = sqlx::query_as(sql)
            .bind(after.created_at)
            .bind(after.id)
            .bind(pattern(part))
            .bind(limit)
            .fetch_all(self.database.pool())
            .await?;
        Ok(rows.into_iter().map(Account::from).collect())
    }
}

/// A `LIKE` pattern for texts that contain `part`, whatever is in it.
fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in key(part.trim()).chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn what_people_type_is_searched_for_literally() {
        assert_eq!(pattern(" 100%_Ann! "), "%100!%!_ann!!%");
        assert_eq!(pattern(""), "%%");
    }
}
