//! Changes of what an account may do.

use micro::Problem;
use sqlx::{Any, Transaction};

use super::account::lock;
use super::{Account, By, Store, changes, sign_in};
use crate::domain::{Refusal, roles::Standing};

impl Store {
    /// Gives an account another standing, which revokes the access tokens that tell of the one
    /// before; an account that gets disabled loses its sign-ins. Who did it is written down.
    ///
    /// # Errors
    /// `USER_NOT_FOUND`, `LAST_ADMIN`, or the database's.
    pub async fn change_standing(&self, id: i64, wanted: Standing, by: By) -> Result<Account, Problem> {
        let mut transaction = self.database.begin_write().await?;
        // One change at a time: else two admins could each count on the other to stay.
        sqlx::query("UPDATE admin_guard SET changes = changes + 1 WHERE id = 1")
            .execute(&mut *transaction)
            .await?;
        let mut account = lock(&mut transaction, id).await?.ok_or(Refusal::UserNotFound)?;
        account.standing.check_change(&wanted, other_admins(&mut transaction, id).await?)?;
        if account.standing == wanted {
            return Ok(account);
        }
        let sql = "UPDATE account SET roles = $2, cinemas = $3, admin = $4, disabled = $5, \
                   standing_version = standing_version + 1, standing_changed_at = $6 WHERE id = $1";
        sqlx::query(sql)
            .bind(id)
            .bind(wanted.roles_text())
            .bind(wanted.cinemas_text())
            .bind(i64::from(wanted.is_admin()))
            .bind(i64::from(wanted.disabled))
            .bind(by.now_ms)
            .execute(&mut *transaction)
            .await?;
        if wanted.disabled {
            sign_in::end_all(&mut transaction, id, by.now_ms).await?;
        }
        changes::record(&mut transaction, by, id, &account.standing, &wanted).await?;
        transaction.commit().await?;
        account.standing = wanted;
        account.standing_version += 1;
        Ok(account)
    }
}

async fn other_admins(transaction: &mut Transaction<'static, Any>, id: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM account WHERE admin = 1 AND disabled = 0 AND id <> $1")
        .bind(id)
        .fetch_one(&mut **transaction)
        .await
}
