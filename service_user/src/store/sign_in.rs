//! Rows of `sign_in`.

use micro::Problem;
use sqlx::{Any, Transaction};

use super::refresh_token::insert_token;
use super::{Account, Store};
use crate::domain::refresh::RefreshToken;

/// A sign-in to store, with its first refresh token.
#[derive(Debug, Clone)]
pub struct NewSignIn {
    /// Its id.
    pub id: i64,
    /// Digest of the refresh token.
    pub digest: String,
    /// When it is opened, in milliseconds since 1970.
    pub created_at: i64,
    /// When the refresh token ends.
    pub expires_at: i64,
    /// Sign-ins of the account that stay open, this one included.
    pub open_at_most: i64,
}

impl Store {
    /// Opens a sign-in where the password that was verified still holds and the
    /// account is not disabled; `false` where not. `new_hash` replaces the password's hash.
    ///
    /// # Errors
    /// The database's.
    pub async fn sign_in(
        &self,
        account: &Account,
        new_hash: Option<&str>,
        sign_in: &NewSignIn,
    ) -> Result<bool, Problem> {
        let mut transaction = self.database.begin_write().await?;
        // Locks the account: a change of password that runs beside it comes before or after, never between.
        let sql = "UPDATE account SET signed_in_at = $3, password_hash = $4 \
                   WHERE id = $1 AND password_hash = $2 AND disabled = 0";
        let found = sqlx::query(sql)
            .bind(account.id)
            .bind(&account.password_hash)
            .bind(sign_in.created_at)
            .bind(new_hash.unwrap_or(&account.password_hash))
            .execute(&mut *transaction)
            .await?;
        if found.rows_affected() == 0 {
            return Ok(false);
        }
        insert(&mut transaction, account.id, sign_in).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// When a sign-in of the account was opened, milliseconds; nothing where it has ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn signed_in_at(&self, account_id: i64, id: i64) -> Result<Option<i64>, Problem> {
        let sql = "SELECT created_at FROM sign_in WHERE id = $1 AND account_id = $2 AND ended_at IS NULL";
        let found = sqlx::query_scalar(sql).bind(id).bind(account_id);
        Ok(found.fetch_optional(self.database.pool()).await?)
    }

    /// Ends the sign-in of a token, or all of its account; a token that is unknown or worth nothing ends nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn sign_out(&self, token: &RefreshToken, everywhere: bool, now_ms: i64) -> Result<(), Problem> {
        let token = self.token(token).await?;
        let live = token.filter(|token| token.ended_at.is_none() && token.expires_at > now_ms);
        let Some(token) = live else { return Ok(()) };
        let mut transaction = self.database.begin_write().await?;
        if everywhere {
            end_all(&mut transaction, token.account_id, now_ms).await?;
        } else {
            end(&mut transaction, token.sign_in_id, now_ms).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Removes at most `batch` expired refresh tokens and as many sign-ins; says how many rows went.
    ///
    /// # Errors
    /// The database's.
    pub async fn remove_expired(&self, now_ms: i64, batch: i64) -> Result<u64, Problem> {
        let statements = [
            "DELETE FROM refresh_token WHERE digest IN \
             (SELECT digest FROM refresh_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
            "DELETE FROM sign_in WHERE id IN \
             (SELECT id FROM sign_in WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        ];
        let mut removed = 0;
        for sql in statements {
            let done = sqlx::query(sql).bind(now_ms).bind(batch).execute(self.database.pool()).await?;
            removed += done.rows_affected();
        }
        Ok(removed)
    }
}

/// Stores a sign-in and ends the oldest of the account beyond the number that may be open.
pub(super) async fn insert(
    transaction: &mut Transaction<'static, Any>,
    account_id: i64,
    sign_in: &NewSignIn,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO sign_in (id, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(sign_in.id)
        .bind(account_id)
        .bind(sign_in.created_at)
        .bind(sign_in.expires_at)
        .execute(&mut **transaction)
        .await?;
    insert_token(transaction, sign_in.id, &sign_in.digest, sign_in.expires_at).await?;
    let too_many = "UPDATE sign_in SET ended_at = $2 WHERE id IN (SELECT id FROM sign_in \
                    WHERE account_id = $1 AND ended_at IS NULL \
                    ORDER BY created_at DESC, id DESC LIMIT 1000 OFFSET $3)";
    sqlx::query(too_many)
        .bind(account_id)
        .bind(sign_in.created_at)
        .bind(sign_in.open_at_most)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Ends a sign-in.
pub(super) async fn end(
    transaction: &mut Transaction<'static, Any>,
    id: i64,
    now_ms: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sign_in SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(id)
        .bind(now_ms)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Ends every sign-in of an account.
pub(super) async fn end_all(
    transaction: &mut Transaction<'static, Any>,
    account_id: i64,
    now_ms: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sign_in SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL")
        .bind(account_id)
        .bind(now_ms)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
