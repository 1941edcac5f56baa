//! What is known of a request besides its message.

use std::net::IpAddr;
use std::sync::Arc;

use contract::Validate;
use contract::user::Role;
use http::HeaderValue;
use tokio::time::Instant;
use tonic::Request;

use crate::Problem;
use crate::trace::TraceContext;

tokio::task_local! {
    /// The request this task works for.
    pub(crate) static CURRENT: RequestContext;
}

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub user_id: i64,
    /// What they may do.
    pub roles: Vec<Role>,
    /// The cinemas a manager answers for.
    pub cinema_ids: Vec<i64>,
    /// When the token ends, milliseconds UTC.
    pub expires_at: i64,
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

    /// The access token as it came, verified or not.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        self.bearer.as_ref()?.to_str().ok()?.strip_prefix("Bearer ")
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
/// `FIELD_INVALID` with metadata `field` and `problem`.
pub fn accept<T: Validate>(request: Request<T>) -> Result<(RequestContext, T), Problem> {
    let (_, mut extensions, message) = request.into_parts();
    let context =
        extensions.remove::<RequestContext>().unwrap_or_else(|| RequestContext::own(Identity::Anonymous));
    message.validate().map_err(|violation| {
        Problem::invalid("FIELD_INVALID", format!("{}: {}", violation.field, violation.problem))
            .with("field", &violation.field)
            .with("problem", &violation.problem)
    })?;
    Ok((context, message))
}

/// Id of the trace this task works for; a new one where it works for none.
#[must_use]
pub fn current_trace_id() -> TraceContext {
    CURRENT.try_with(|context| context.trace).unwrap_or_default()
}

/// Runs work on behalf of a context: its calls to other services carry its trace and deadline.
pub async fn scope<F: Future>(context: RequestContext, work: F) -> F::Output {
    CURRENT.scope(context, work).await
}
