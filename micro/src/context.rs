//! What is known of a request besides its message.

use std::net::IpAddr;
use std::sync::Arc;

use contract::Validate;
use contract::user::Role;
use http::HeaderValue;
use tokio::time::Instant;
use tonic::Request;

use crate::auth::{self, TokenSource};
use crate::trace::{Span, TraceContext};
use crate::{Current, Problem};

/// What the entry layer found out about a request before its handler runs.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The trace it belongs to.
    pub trace: TraceContext,
    /// When the caller stops waiting.
    pub deadline: Option<Instant>,
    /// Who calls; verified.
    pub identity: Identity,
    /// Where the client is, as the gateway saw it or as the connection shows.
    pub client_address: Option<IpAddr>,
    /// The key that makes repeating harmless, as the caller sent it.
    pub idempotency_key: Option<String>,
    /// The access token as it came, where there was one.
    pub(crate) bearer: Option<HeaderValue>,
}

/// Who calls.
#[derive(Debug, Clone)]
pub enum Identity {
    /// Nobody we know.
    Anonymous,
    /// A person.
    User(Arc<Caller>),
    /// A service of the system, by name.
    Service(Arc<str>),
}

/// A person who is signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub user_id: i64,
    /// What they may do.
    pub roles: Vec<Role>,
    /// The cinemas a manager answers for; the only ones that staff work at, all where empty.
    pub cinema_ids: Vec<i64>,
    /// When the token ends, milliseconds UTC.
    pub expires_at: i64,
    /// The sign-in that the token descends from; 0 where it does not say.
    pub sign_in_id: i64,
    /// How often the account's roles had been set when the token was issued.
    pub standing_version: i64,
}

impl Caller {
    /// Sells and checks tickets, or runs cinemas.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Staff | Role::Manager | Role::Admin))
    }

    /// Runs some cinemas, or all.
    #[must_use]
    pub fn is_manager(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Manager | Role::Admin))
    }

    /// Runs the chain.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.roles.contains(&Role::Admin)
    }

    /// Sells and checks tickets at this cinema. Staff without cinemas of their own do at all.
    #[must_use]
    pub fn serves(&self, cinema_id: i64) -> bool {
        self.serves_all() || (self.is_staff() && self.cinema_ids.contains(&cinema_id))
    }

    /// Sells and checks tickets at every cinema.
    #[must_use]
    pub fn serves_all(&self) -> bool {
        self.is_admin() || (self.roles.contains(&Role::Staff) && self.cinema_ids.is_empty())
    }

    /// Answers for this cinema.
    #[must_use]
    pub fn manages(&self, cinema_id: i64) -> bool {
        self.is_admin() || (self.is_manager() && self.cinema_ids.contains(&cinema_id))
    }
}

impl RequestContext {
    /// A request that nobody sent: for work that a service does by itself.
    #[must_use]
    pub fn own(identity: Identity) -> Self {
        Self {
            trace: TraceContext::new(),
            deadline: None,
            identity,
            client_address: None,
            idempotency_key: None,
            bearer: None,
        }
    }

    /// The person who calls.
    ///
    /// # Errors
    /// `TOKEN_MISSING` where it is not a person.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        match &self.identity {
            Identity::User(caller) => Ok(caller),
            Identity::Anonymous | Identity::Service(_) => Err(token_missing()),
        }
    }

    /// Where it came from, for the log of refused tokens.
    #[must_use]
    pub fn source(&self) -> TokenSource {
        TokenSource { client_address: self.client_address, trace: self.trace }
    }

    /// The access token as it came, verified or not.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        auth::bearer(self.bearer.as_ref()?).ok()
    }
}

pub(crate) fn token_missing() -> Problem {
    Problem::unauthenticated(
        "TOKEN_MISSING",
        "sign in first: this needs `authorization: Bearer <access token>`",
    )
}

/// Takes a request apart: what is known of it, and its message with every field checked.
///
/// # Errors
/// `FIELD_INVALID` with metadata `field`, `problem`, and for programs `code` and `value`.
pub fn accept<T: Validate>(request: Request<T>) -> Result<(RequestContext, T), Problem> {
    let (_, mut extensions, message) = request.into_parts();
    let context =
        extensions.remove::<RequestContext>().unwrap_or_else(|| RequestContext::own(Identity::Anonymous));
    message.validate().map_err(|violation| {
        Problem::invalid("FIELD_INVALID", format!("{}: {}", violation.field, violation.problem))
            .with("field", &violation.field)
            .with("problem", &violation.problem)
            .with("code", violation.code)
            .with("value", &violation.value)
    })?;
    Ok((context, message))
}

/// Id of the trace this task works for; a new one where it works for none.
#[must_use]
pub fn current_trace_id() -> TraceContext {
    Current::look(|current| current.trace).flatten().unwrap_or_default()
}

/// Runs work on behalf of a context: its calls to other services carry its trace and deadline.
pub async fn scope<F: Future>(context: RequestContext, work: F) -> F::Output {
    let current = Current::request(Span::default(), context.trace, None).with_deadline(context.deadline);
    current.scope(work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(roles: &[Role], cinema_ids: &[i64]) -> Caller {
        Caller { roles: roles.to_vec(), cinema_ids: cinema_ids.to_vec(), ..Caller::default() }
    }

    #[test]
    fn cinemas_bind_staff_and_managers_and_nobody_else() {
        let served = |caller: Caller| [1, 2].map(|cinema_id| caller.serves(cinema_id));
        assert_eq!(served(caller(&[Role::Customer], &[])), [false, false]);
        assert_eq!(served(caller(&[Role::Staff], &[])), [true, true]);
        assert_eq!(served(caller(&[Role::Staff], &[2])), [false, true]);
        assert_eq!(served(caller(&[Role::Manager], &[2])), [false, true]);
        // Who is given no cinema yet answers for none, and works at none.
        assert_eq!(served(caller(&[Role::Manager], &[])), [false, false]);
        assert_eq!(served(caller(&[Role::Staff, Role::Manager], &[1])), [true, false]);
        assert_eq!(served(caller(&[Role::Admin, Role::Staff], &[1])), [true, true]);
    }
}
