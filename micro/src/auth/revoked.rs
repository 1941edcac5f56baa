//! Access tokens that are refused though they have not ended: the list that every process keeps.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use contract::user::user_internal_client::UserInternalClient;
use contract::user::{GetRevokedTokensRequest, RevokedTokens};
use tokio::sync::OnceCell;
use tonic::Status;

use crate::{Caller, Channel, Tasks};

/// How often the list is asked for.
const EVERY: Duration = Duration::from_secs(1);
/// How long an answer is waited for: the first token of a process waits for the first list.
const WITHIN: Duration = Duration::from_secs(1);

/// The list of revoked tokens, kept up to date from when the first token is verified.
pub(super) struct Revoked {
    users: Channel,
    tasks: Tasks,
    list: ArcSwap<List>,
    followed: OnceCell<()>,
    /// Whether the last question was answered; only changes of it are logged.
    answered: AtomicBool,
}

/// One state of it.
#[derive(Default)]
struct List {
    fingerprint: i64,
    sign_ins: HashSet<i64>,
    standings: HashMap<i64, i64>,
}

impl Revoked {
    /// Nothing known yet; `users` is the user service's channel.
    pub(super) fn new(users: Channel, tasks: Tasks) -> Self {
        Self {
            users,
            tasks,
            list: ArcSwap::default(),
            followed: OnceCell::new(),
            answered: AtomicBool::new(true),
        }
    }

    /// Whether the token that told of this caller is no longer good.
    pub(super) fn has(&self, caller: &Caller) -> bool {
        let list = self.list.load();
        list.sign_ins.contains(&caller.sign_in_id)
            || list.standings.get(&caller.user_id).is_some_and(|version| caller.standing_version < *version)
    }

    /// Begins to keep the list, at the first call, and waits for the first one as long as that is bearable.
    pub(super) async fn follow(self: &Arc<Self>) {
        let begin = async {
            self.ask().await;
            let list = self.clone();
            self.tasks.every("auth.revoked", EVERY, move || {
                let list = list.clone();
                async move { list.ask().await }
            });
        };
        self.followed.get_or_init(|| begin).await;
    }

    /// Asks once. Without an answer the list stays as it is.
    async fn ask(&self) {
        let request = GetRevokedTokensRequest { fingerprint: self.list.load().fingerprint };
        let mut client = UserInternalClient::new(self.users.clone());
        let answer = tokio::time::timeout(WITHIN, client.get_revoked_tokens(request)).await;
        let answer = answer.unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer in time")));
        self.log(answer.as_ref().err());
        if let Some(answer) = answer.ok().map(tonic::Response::into_inner).filter(|answer| !answer.unchanged)
        {
            self.list.store(Arc::new(List::from(answer)));
        }
    }

    fn log(&self, failed: Option<&Status>) {
        let answered = failed.is_none();
        if self.answered.swap(answered, Ordering::Relaxed) == answered {
            return;
        }
        match failed {
            Some(error) => tracing::warn!(
                %error,
                "revoked tokens cannot be asked for: those revoked from now on are good until they end"
            ),
            None => tracing::info!("revoked tokens are known again"),
        }
    }
}

impl From<RevokedTokens> for List {
    fn from(told: RevokedTokens) -> Self {
        let standings = told.standings.into_iter().map(|standing| (standing.user_id, standing.version));
        Self {
            fingerprint: told.fingerprint,
            sign_ins: told.sign_in_ids.into_iter().collect(),
            standings: standings.collect(),
        }
    }
}
