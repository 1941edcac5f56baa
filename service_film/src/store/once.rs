//! First answers to requests with an idempotency key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use micro::{Identity, Problem, RequestContext};
use prost::Message;
use sha2::{Digest, Sha256};
use sqlx::{Any, Transaction};

use super::Store;
use crate::domain::Refusal;

/// A request that may be repeated: who sent it, under which key, and what it says.
pub struct Once {
    caller: String,
    key: String,
    digest: String,
    now_ms: i64,
}

impl Once {
    /// The request's key, if it has one. `parts` are all that the request says, in a fixed order.
    #[must_use]
    pub fn of(context: &RequestContext, method: &str, parts: &[&[u8]], now_ms: i64) -> Option<Self> {
        let key = context.idempotency_key.clone()?;
        let caller = match &context.identity {
            Identity::User(caller) => format!("user {}", caller.user_id),
            Identity::Service(name) => format!("service {name}"),
            Identity::Anonymous => return None,
        };
        let mut hash = Sha256::new();
        for part in [&[method.as_bytes()], parts].concat() {
            // With its length before it, no part can be taken for the end of another.
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        Some(Self { caller, key, digest: STANDARD.encode(hash.finalize()), now_ms })
    }

    /// What was answered when the request came first.
    ///
    /// # Errors
    /// `IDEMPOTENCY_KEY_REUSED` where the key came with another request.
    pub(super) async fn earlier_answer<T: Message + Default>(
        &self,
        transaction: &mut Transaction<'static, Any>,
    ) -> Result<Option<T>, Problem> {
        let sql = "SELECT digest, answer FROM idempotency WHERE caller = $1 AND idempotency_key = $2";
        let row: Option<(String, String)> =
            sqlx::query_as(sql).bind(&self.caller).bind(&self.key).fetch_optional(&mut **transaction).await?;
        let Some((digest, answer)) = row else { return Ok(None) };
        if digest != self.digest {
            return Err(Refusal::IdempotencyKeyReused.into());
        }
        let bytes = STANDARD.decode(answer).map_err(Problem::internal)?;
        T::decode(bytes.as_slice()).map(Some).map_err(Problem::internal)
    }

    pub(super) async fn keep_answer(
        &self,
        transaction: &mut Transaction<'static, Any>,
        answer: &impl Message,
    ) -> Result<(), Problem> {
        let sql = "INSERT INTO idempotency (caller, idempotency_key, digest, answer, created_at) \
                   VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(sql)
            .bind(&self.caller)
            .bind(&self.key)
            .bind(&self.digest)
            .bind(STANDARD.encode(answer.encode_to_vec()))
            .bind(self.now_ms)
            .execute(&mut **transaction)
            .await?;
        Ok(())
    }
}

impl Store {
    /// Forgets keys that came before a moment. Says how many there were.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_keys(&self, before_ms: i64) -> Result<u64, Problem> {
        let sql = "DELETE FROM idempotency WHERE created_at < $1";
        Ok(sqlx::query(sql).bind(before_ms).execute(self.database.pool()).await?.rows_affected())
    }
}
