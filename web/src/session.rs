//! Staying signed in: tokens kept in cookies, and renewed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::user::{RefreshRequest, Session};
use http::HeaderValue;
use micro::Problem;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tonic::Code;

use crate::State;
use crate::cookies::Cookie;
use crate::services::UserClient;
use crate::visitor::Visitor;

/// Renewals remembered at a time; the least used are forgotten first.
const REMEMBERED: usize = 10_000;
/// How long a renewal answers for the token it was for. A browser that opens several pages at
/// once sends the same token with each; used a second time it would end the sign-in.
const ANSWERS_FOR: Duration = Duration::from_secs(60);

/// What became of a visitor's tokens.
pub enum Kept {
    /// They were renewed.
    Renewed(Box<Session>),
    /// They are worth nothing any more.
    Ended,
}

type Renewal = Arc<(Instant, OnceCell<Result<Session, Code>>)>;

/// Renews sign-ins, each token once.
pub struct Sessions {
    users: UserClient,
    renewals: Cache<[u8; 32], Renewal>,
}

impl Sessions {
    pub fn new(users: UserClient) -> Self {
        Self { users, renewals: Cache::new(REMEMBERED) }
    }

    /// Renews a sign-in. Nothing where it is not known whether it could be.
    pub async fn renew(&self, visitor: &Visitor, refresh_token: &str) -> Option<Kept> {
        let renewal = self.renewal(Sha256::digest(refresh_token).into());
        let refresh = || async {
            let request = visitor.ask(RefreshRequest { refresh_token: refresh_token.to_owned() });
            match self.users.clone().refresh(request).await {
                Ok(session) => Ok(Ok(session.into_inner())),
                // What a later try may answer differently is not remembered.
                Err(status) => match status.code() {
                    code @ (Code::Unauthenticated | Code::InvalidArgument | Code::PermissionDenied) => {
                        Ok(Err(code))
                    }
                    _ => Err(Problem::from_status(&status)),
                },
            }
        };
        match renewal.1.get_or_try_init(refresh).await {
            Ok(Ok(session)) => Some(Kept::Renewed(Box::new(session.clone()))),
            Ok(Err(_)) => Some(Kept::Ended),
            Err(problem) => {
                tracing::warn!(%problem, trace_id = %visitor.origin.trace, "a sign-in could not be renewed");
                None
            }
        }
    }

    fn renewal(&self, token: [u8; 32]) -> Renewal {
        let known = self.renewals.get(&token).filter(|renewal| renewal.0.elapsed() < ANSWERS_FOR);
        known.unwrap_or_else(|| {
            let renewal: Renewal = Arc::new((Instant::now(), OnceCell::new()));
            self.renewals.insert(token, renewal.clone());
            renewal
        })
    }
}

/// Cookies that keep a session.
pub fn cookies(state: &State, session: &Session) -> Vec<HeaderValue> {
    let secure = state.config.secure_cookies;
    let lasts = |until: i64| (until - state.clock.now_ms()) / 1000;
    let access = Cookie::Access.set(&session.access_token, lasts(session.access_expires_at), secure);
    let refresh = Cookie::Refresh.set(&session.refresh_token, lasts(session.refresh_expires_at), secure);
    access.into_iter().chain(refresh).collect()
}

/// Cookies that end a session.
pub fn no_cookies(state: &State) -> Vec<HeaderValue> {
    let end = |cookie: Cookie| cookie.set("", 0, state.config.secure_cookies);
    [end(Cookie::Access), end(Cookie::Refresh)].into_iter().flatten().collect()
}
