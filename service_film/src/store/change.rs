//! A change of the catalogue: one transaction, one after the other.

use micro::Problem;
use prost::Message;
use sqlx::{Any, Transaction};

use super::{Once, Store};

/// A change that is under way; dropped without [`commit`](Self::commit), nothing of it stays.
pub struct Change {
    pub(super) transaction: Transaction<'static, Any>,
    once: Option<Once>,
}

/// What became of beginning a change that a key makes harmless to repeat.
pub enum Begun<T> {
    /// It has not been done before.
    Now(Change),
    /// It has; this was the answer.
    Before(T),
}

impl Store {
    /// Begins a change; all others wait until it ends.
    ///
    /// # Errors
    /// The database's.
    pub async fn change(&self) -> Result<Change, Problem> {
        let mut transaction = self.database.begin_write().await?;
        // The row's lock is what others wait for where the engine has many writers.
        sqlx::query("UPDATE catalogue SET revision = revision + 1 WHERE id = 1")
            .execute(&mut *transaction)
            .await?;
        Ok(Change { transaction, once: None })
    }

    /// Begins a change unless the same caller made it before with the same key.
    ///
    /// # Errors
    /// `IDEMPOTENCY_KEY_REUSED`, or the database's.
    pub async fn change_once<T: Message + Default>(&self, once: Option<Once>) -> Result<Begun<T>, Problem> {
        let mut change = self.change().await?;
        if let Some(once) = &once
            && let Some(answer) = once.earlier_answer(&mut change.transaction).await?
        {
            return Ok(Begun::Before(answer));
        }
        change.once = once;
        Ok(Begun::Now(change))
    }
}

impl Change {
    /// Makes the change last.
    ///
    /// # Errors
    /// The database's.
    pub async fn commit(self) -> Result<(), Problem> {
        Ok(self.transaction.commit().await?)
    }

    /// Makes the change last together with its answer, for those who repeat the request.
    ///
    /// # Errors
    /// The database's.
    pub async fn commit_with(mut self, answer: &impl Message) -> Result<(), Problem> {
        if let Some(once) = &self.once {
            once.keep_answer(&mut self.transaction, answer).await?;
        }
        self.commit().await
    }
}
