//! What a task works for: its request, and its place in a trace.
//!
//! All of it is in one task-local, so that it need not be handed on: calls to other services
//! take the trace and the deadline from it, spans their parent, and the log its trace id.

use std::future::Future;
use std::sync::Arc;

use tokio::time::Instant;

use crate::seen::Seen;
use crate::trace::{Span, TraceContext};

tokio::task_local! {
    static CURRENT: Current;
}

/// What a task works for. Nothing is set where it works for nobody.
#[derive(Clone, Default)]
pub struct Current {
    /// The span it works in; empty where traces are off.
    pub(crate) span: Span,
    /// The trace of its request.
    pub(crate) trace: Option<TraceContext>,
    /// When the caller stops waiting.
    pub(crate) deadline: Option<Instant>,
    /// What is found out of its request.
    pub(crate) seen: Option<Arc<Seen>>,
}

impl Current {
    /// A request of this trace, whose work is seen in this span.
    #[must_use]
    pub fn request(span: Span, trace: TraceContext, seen: Option<Arc<Seen>>) -> Self {
        Self { span, trace: Some(trace), deadline: None, seen }
    }

    pub(crate) fn with_deadline(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline;
        self
    }

    /// What this task works for.
    pub(crate) fn get() -> Self {
        Self::look(Self::clone).unwrap_or_default()
    }

    /// Looks at what this task works for; nothing where that is nothing.
    pub(crate) fn look<T>(look: impl FnOnce(&Self) -> T) -> Option<T> {
        CURRENT.try_with(look).ok()
    }

    /// Does work for it.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// Does something for it at once.
    pub fn now<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }
}
