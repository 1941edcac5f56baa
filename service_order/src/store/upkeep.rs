//! Small writes of the background, outside of batches.

use micro::Problem;
use micro::database::Database;

/// How long a key is remembered, milliseconds: longer than anybody retries.
const KEY_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Keys removed in one statement: short enough that purchases do not notice.
const KEYS_AT_A_TIME: i64 = 500;

/// Removes and marks rows that are no longer needed.
#[derive(Clone)]
pub struct Cleaning(Database);

impl Cleaning {
    /// Works on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Forgets idempotency keys that nobody will send again.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_keys(&self, now_ms: i64) -> Result<(), Problem> {
        let text = "DELETE FROM idempotency_key WHERE (user_id, name) IN \
                    (SELECT user_id, name FROM idempotency_key WHERE created_at < $1 LIMIT $2)";
        loop {
            let mut transaction = self.0.begin_write().await?;
            let old = now_ms - KEY_LIFE_MS;
            let gone = sqlx::query(text).bind(old).bind(KEYS_AT_A_TIME).execute(&mut *transaction).await?;
            transaction.commit().await?;
            if i64::try_from(gone.rows_affected()).is_ok_and(|count| count < KEYS_AT_A_TIME) {
                return Ok(());
            }
        }
    }

    /// Notes that every order of a stopped screening was ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn screening_settled(&self, film_sid: i64) -> Result<(), Problem> {
        let mut transaction = self.0.begin_write().await?;
        let text = "UPDATE stopped_screening SET settled = 1 WHERE film_sid = $1";
        sqlx::query(text).bind(film_sid).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}
