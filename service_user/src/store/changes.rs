//! Rows of `change`: who set whose roles, and when.

use micro::Problem;
use sqlx::{Any, Transaction};

use super::Store;
use crate::domain::roles::Standing;

/// Who makes a change, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// The account; 0 for the operator's command line.
    pub user_id: i64,
    /// Milliseconds UTC.
    pub now_ms: i64,
}

/// A change of somebody's standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChange {
    /// Rises from change to change.
    pub id: i64,
    /// Who made it, and when.
    pub by: By,
    /// Whose.
    pub account_id: i64,
    /// As it was.
    pub before: Standing,
    /// As it is since then.
    pub after: Standing,
}

/// Which changes to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Of this account; of any where 0.
    pub account_id: i64,
    /// By this account; by any where 0.
    pub changed_by: i64,
    /// From this moment on.
    pub from: i64,
    /// Before this moment.
    pub to: i64,
    /// Before the change with this id.
    pub before: i64,
}

micro::row! {
    struct Row {
        id: i64,
        changed_at: i64,
        changed_by: i64,
        account_id: i64,
        roles_before: String,
        cinemas_before: String,
        disabled_before: i64,
        roles: String,
        cinemas: String,
        disabled: i64,
    }
}

impl From<Row> for RoleChange {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            by: By { user_id: row.changed_by, now_ms: row.changed_at },
            account_id: row.account_id,
            before: Standing::stored(&row.roles_before, &row.cinemas_before, row.disabled_before != 0),
            after: Standing::stored(&row.roles, &row.cinemas, row.disabled != 0),
        }
    }
}

/// Writes a change down, in its own transaction.
pub(super) async fn record(
    transaction: &mut Transaction<'static, Any>,
    by: By,
    account_id: i64,
    before: &Standing,
    after: &Standing,
) -> Result<(), Problem> {
    let sql = "INSERT INTO change (id, changed_at, changed_by, account_id, roles_before, cinemas_before, \
               disabled_before, roles, cinemas, disabled) \
               SELECT changes, $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM admin_guard WHERE id = 1";
    sqlx::query(sql)
        .bind(by.now_ms)
        .bind(by.user_id)
        .bind(account_id)
        .bind(before.roles_text())
        .bind(before.cinemas_text())
        .bind(i64::from(before.disabled))
        .bind(after.roles_text())
        .bind(after.cinemas_text())
        .bind(i64::from(after.disabled))
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

impl Store {
    /// Changes of standing, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_role_changes(&self, wanted: Wanted, limit: i64) -> Result<Vec<RoleChange>, Problem> {
        // 0 asks for any: accounts have ids from 1.
        let sql = "SELECT id, changed_at, changed_by, account_id, roles_before, cinemas_before, \
                   disabled_before, roles, cinemas, disabled FROM change \
                   WHERE id < $1 AND changed_at >= $2 AND changed_at < $3 AND ($4 = 0 OR account_id = $4) \
                   AND ($5 = 0 OR changed_by = $5) ORDER BY id DESC LIMIT $6";
        let rows: Vec<Row> = sqlx::query_as(sql)
            .bind(wanted.before)
            .bind(wanted.from)
            .bind(wanted.to)
            .bind(wanted.account_id)
            .bind(wanted.changed_by)
            .bind(limit)
            .fetch_all(self.database.pool())
            .await?;
        Ok(rows.into_iter().map(RoleChange::from).collect())
    }
}
