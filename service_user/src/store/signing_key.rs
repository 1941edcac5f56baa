//! Rows of `signing_key`.

use std::fmt;

use micro::Problem;

use super::Store;
use crate::domain::key_schedule::KeyTerm;

micro::row! {
    /// A signing key as stored. `Debug` does not show the seed.
    #[derive(Clone)]
    pub struct StoredKey {
        /// Its number.
        pub serial: i64,
        /// The private key, base64url.
        pub seed: String,
        /// From when it signs, in milliseconds since 1970.
        pub sign_from: i64,
    }
}

impl StoredKey {
    /// Its place in the schedule.
    #[must_use]
    pub fn term(&self) -> KeyTerm {
        KeyTerm { serial: self.serial, sign_from: self.sign_from }
    }
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey").field("term", &self.term()).finish_non_exhaustive()
    }
}

impl Store {
    /// All signing keys in order of their numbers.
    ///
    /// # Errors
    /// The database's.
    pub async fn signing_keys(&self) -> Result<Vec<StoredKey>, Problem> {
        let sql = "SELECT serial, seed, sign_from FROM signing_key ORDER BY serial";
        Ok(sqlx::query_as(sql).fetch_all(self.database.pool()).await?)
    }

    /// Stores a key; where another process stored one of that number first, that one stands.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_signing_key(&self, key: &StoredKey, now_ms: i64) -> Result<(), Problem> {
        let sql = "INSERT INTO signing_key (serial, seed, created_at, sign_from) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (serial) DO NOTHING";
        sqlx::query(sql)
            .bind(key.serial)
            .bind(&key.seed)
            .bind(now_ms)
            .bind(key.sign_from)
            .execute(self.database.pool())
            .await?;
        Ok(())
    }

    /// Removes the keys up to a number.
    ///
    /// # Errors
    /// The database's.
    pub async fn remove_signing_keys(&self, up_to: i64) -> Result<(), Problem> {
        sqlx::query("DELETE FROM signing_key WHERE serial <= $1")
            .bind(up_to)
            .execute(self.database.pool())
            .await?;
        Ok(())
    }
}
