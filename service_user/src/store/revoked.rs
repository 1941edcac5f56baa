//! Which access tokens are refused though they have not ended.

use micro::Problem;

use super::Store;

/// What was revoked, each list in order of ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct RevokedRows {
    /// Sign-ins that have ended.
    pub sign_ins: Vec<i64>,
    /// Accounts whose standing has changed, with how often it has.
    pub standings: Vec<(i64, i64)>,
}

impl Store {
    /// What was revoked after `since`, milliseconds; of each kind the latest `most`.
    ///
    /// # Errors
    /// The database's.
    pub async fn revoked_since(&self, since: i64, most: i64) -> Result<RevokedRows, Problem> {
        let sign_ins = "SELECT id FROM sign_in WHERE ended_at > $1 ORDER BY ended_at DESC LIMIT $2";
        let sign_ins = sqlx::query_scalar(sign_ins).bind(since).bind(most);
        let standings = "SELECT id, standing_version FROM account \
                         WHERE standing_changed_at > 0 AND standing_changed_at > $1 \
                         ORDER BY standing_changed_at DESC LIMIT $2";
        let standings = sqlx::query_as(standings).bind(since).bind(most);
        let mut rows = RevokedRows {
            sign_ins: sign_ins.fetch_all(self.database.pool()).await?,
            standings: standings.fetch_all(self.database.pool()).await?,
        };
        rows.sign_ins.sort_unstable();
        rows.standings.sort_unstable();
        Ok(rows)
    }
}
