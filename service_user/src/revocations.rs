//! The list of access tokens that are refused, as this process last read it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use arc_swap::ArcSwap;
use contract::user::RevokedTokens;
use contract::user::revoked_tokens::Standing;
use micro::{Clock, Problem};

use crate::store::{RevokedRows, Store};

/// How long what was revoked stays in the list beyond the life of an access token, milliseconds:
/// clocks differ, and a change counts from before it is committed.
const MARGIN_MS: i64 = 60_000;
/// Most entries of each kind: far more than are revoked in the life of a token, and few enough
/// to be sent. Of more the latest are kept; the others' tokens hold until they end.
const MOST: i64 = 50_000;

/// What was revoked lately.
pub struct Revocations {
    clock: Clock,
    store: Store,
    token_life_ms: i64,
    list: ArcSwap<RevokedTokens>,
}

impl Revocations {
    /// The list as it is now.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(clock: Clock, store: Store, token_life_ms: i64) -> Result<Self, Problem> {
        let revocations = Self { clock, store, token_life_ms, list: ArcSwap::default() };
        revocations.read().await?;
        Ok(revocations)
    }

    /// Reads the list again.
    ///
    /// # Errors
    /// The database's. The list stays as it is.
    pub async fn read(&self) -> Result<(), Problem> {
        let since = self.clock.now_ms() - self.token_life_ms - MARGIN_MS;
        let rows = self.store.revoked_since(since, MOST).await?;
        let fingerprint = fingerprint(&rows);
        if fingerprint != self.list.load().fingerprint {
            let standings =
                rows.standings.into_iter().map(|(user_id, version)| Standing { user_id, version });
            let list = RevokedTokens {
                fingerprint,
                unchanged: false,
                sign_in_ids: rows.sign_ins,
                standings: standings.collect(),
            };
            self.list.store(Arc::new(list));
        }
        Ok(())
    }

    /// The list, or that it is the one with this fingerprint.
    #[must_use]
    pub fn since(&self, fingerprint: i64) -> RevokedTokens {
        let list = self.list.load();
        if list.fingerprint == fingerprint {
            return RevokedTokens { fingerprint, unchanged: true, ..RevokedTokens::default() };
        }
        RevokedTokens::clone(&list)
    }
}

/// Tells lists apart; never 0.
fn fingerprint(rows: &RevokedRows) -> i64 {
    let mut hasher = DefaultHasher::new();
    rows.hash(&mut hasher);
    (hasher.finish() | 1).cast_signed()
}
