//! Rows of `refresh_token`: exchanging one for the next.

use micro::Problem;
use sqlx::{Any, Transaction};

use super::account::{Row, select_account};
use super::sign_in::end;
use super::{Account, Store};
use crate::domain::Refusal;
use crate::domain::refresh::{RefreshToken, Salt, TokenState, Verdict, judge};

/// How a refresh token is exchanged.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What its successor is made with, where it is spent now.
    pub salt: Salt,
    /// The time, in milliseconds since 1970.
    pub now_ms: i64,
    /// When a successor ends.
    pub expires_at: i64,
    /// For how long a spent token is answered again, milliseconds.
    pub grace_ms: i64,
}

/// What a refresh token was exchanged for.
#[derive(Debug, Clone)]
pub struct Rotated {
    /// The sign-in it belongs to.
    pub sign_in_id: i64,
    /// The account as it is now.
    pub account: Account,
    /// The next token.
    pub successor: RefreshToken,
    /// When that ends.
    pub expires_at: i64,
    /// Whether it had been given out already.
    pub repeated: bool,
}

/// What became of an exchange.
#[derive(Debug, Clone)]
pub enum Rotation {
    /// The token was good.
    Done(Box<Rotated>),
    /// It was spent before: somebody has a copy. Its sign-in is ended.
    Reused {
        /// Whose it was.
        user_id: i64,
        /// The sign-in.
        sign_in_id: i64,
    },
}

micro::row! {
    /// A token as it is stored, with what decides over it.
    pub(super) struct Token {
        pub(super) sign_in_id: i64,
        pub(super) account_id: i64,
        pub(super) expires_at: i64,
        spent_at: Option<i64>,
        successor_salt: Option<String>,
        pub(super) ended_at: Option<i64>,
        disabled: i64,
    }
}

const FIND_TOKEN: &str = "SELECT t.sign_in_id, s.account_id, t.expires_at, t.spent_at, t.successor_salt, \
     s.ended_at, a.disabled \
     FROM refresh_token t JOIN sign_in s ON s.id = t.sign_in_id JOIN account a ON a.id = s.account_id \
     WHERE t.digest = $1";

/// The token that a spent one was exchanged for, while it is unspent.
struct Successor {
    token: RefreshToken,
    expires_at: i64,
}

impl Token {
    fn state(&self, successor: Option<&Successor>) -> TokenState {
        TokenState {
            spent_at: self.spent_at,
            successor_unspent: successor.is_some(),
            expires_at: self.expires_at,
            sign_in_ended: self.ended_at.is_some(),
            account_disabled: self.disabled != 0,
        }
    }
}

impl Store {
    /// Spends a token and stores its successor; just after that it gives the same one again.
    ///
    /// # Errors
    /// `REFRESH_TOKEN_INVALID`, or the database's.
    pub async fn rotate(&self, presented: &RefreshToken, exchange: &Exchange) -> Result<Rotation, Problem> {
        // Read before the transaction: junk must not take turns with what writes. All that
        // can change meanwhile is a condition of the updates below.
        let (mut token, mut verdict, mut successor) = self.judged(presented, exchange).await?;
        if verdict == Verdict::Rotate {
            if let Some(rotated) = self.exchange(presented, &token, exchange).await? {
                return Ok(Rotation::Done(Box::new(rotated)));
            }
            // Another one was quicker, so that it is spent by now.
            (token, verdict, successor) = self.judged(presented, exchange).await?;
        }
        if let (Verdict::Repeat, Some(successor)) = (verdict, successor) {
            return Ok(Rotation::Done(Box::new(self.repeat(&token, successor).await?)));
        }
        let mut transaction = self.database.begin_write().await?;
        end(&mut transaction, token.sign_in_id, exchange.now_ms).await?;
        transaction.commit().await?;
        Ok(Rotation::Reused { user_id: token.account_id, sign_in_id: token.sign_in_id })
    }

    /// A presented token, what it leads to, and its successor where that is there to go on with.
    async fn judged(
        &self,
        presented: &RefreshToken,
        exchange: &Exchange,
    ) -> Result<(Token, Verdict, Option<Successor>), Problem> {
        let invalid = || Problem::from(Refusal::RefreshTokenInvalid);
        let token = self.token(presented).await?.ok_or_else(invalid)?;
        let successor = match &token.successor_salt {
            Some(salt) => self.successor(presented.successor(&Salt::stored(salt.clone()))).await?,
            None => None,
        };
        match judge(Some(token.state(successor.as_ref())), exchange.now_ms, exchange.grace_ms) {
            Verdict::Invalid => Err(invalid()),
            verdict => Ok((token, verdict, successor)),
        }
    }

    /// Spends a token; nothing where that has been done.
    async fn exchange(
        &self,
        presented: &RefreshToken,
        token: &Token,
        exchange: &Exchange,
    ) -> Result<Option<Rotated>, Problem> {
        let mut transaction = self.database.begin_write().await?;
        if !spend(&mut transaction, presented, exchange).await? {
            return Ok(None);
        }
        let extended = sqlx::query("UPDATE sign_in SET expires_at = $2 WHERE id = $1 AND ended_at IS NULL")
            .bind(token.sign_in_id)
            .bind(exchange.expires_at)
            .execute(&mut *transaction)
            .await?;
        if extended.rows_affected() == 0 {
            return Err(Refusal::RefreshTokenInvalid.into());
        }
        let successor = presented.successor(&exchange.salt);
        insert_token(&mut transaction, token.sign_in_id, &successor.digest(), exchange.expires_at).await?;
        let row: Row = sqlx::query_as(select_account!("WHERE id = $1"))
            .bind(token.account_id)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let (sign_in_id, expires_at) = (token.sign_in_id, exchange.expires_at);
        Ok(Some(Rotated { sign_in_id, account: row.into(), successor, expires_at, repeated: false }))
    }

    /// What a token that has just been spent was exchanged for.
    async fn repeat(&self, token: &Token, successor: Successor) -> Result<Rotated, Problem> {
        let row: Row = sqlx::query_as(select_account!("WHERE id = $1"))
            .bind(token.account_id)
            .fetch_one(self.database.pool())
            .await?;
        Ok(Rotated {
            sign_in_id: token.sign_in_id,
            account: row.into(),
            successor: successor.token,
            expires_at: successor.expires_at,
            repeated: true,
        })
    }

    pub(super) async fn token(&self, token: &RefreshToken) -> Result<Option<Token>, sqlx::Error> {
        sqlx::query_as(FIND_TOKEN).bind(token.digest()).fetch_optional(self.database.pool()).await
    }

    async fn successor(&self, token: RefreshToken) -> Result<Option<Successor>, sqlx::Error> {
        let sql = "SELECT expires_at FROM refresh_token WHERE digest = $1 AND spent_at IS NULL";
        let found = sqlx::query_scalar(sql).bind(token.digest());
        let expires_at: Option<i64> = found.fetch_optional(self.database.pool()).await?;
        Ok(expires_at.map(|expires_at| Successor { token, expires_at }))
    }
}

/// Spends a token, once: of two that try, the database lets one.
async fn spend(
    transaction: &mut Transaction<'static, Any>,
    token: &RefreshToken,
    exchange: &Exchange,
) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE refresh_token SET spent_at = $2, successor_salt = $3 \
               WHERE digest = $1 AND spent_at IS NULL";
    let spent = sqlx::query(sql)
        .bind(token.digest())
        .bind(exchange.now_ms)
        .bind(exchange.salt.text())
        .execute(&mut **transaction)
        .await?;
    Ok(spent.rows_affected() == 1)
}

/// Stores a token of a sign-in.
pub(super) async fn insert_token(
    transaction: &mut Transaction<'static, Any>,
    sign_in_id: i64,
    digest: &str,
    expires_at: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO refresh_token (digest, sign_in_id, expires_at) VALUES ($1, $2, $3)")
        .bind(digest)
        .bind(sign_in_id)
        .bind(expires_at)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
