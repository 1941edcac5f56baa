//! The site: pages for those who buy tickets and those who run the cinema.
//!
//! The gateway serves it on its own port and hands over every request whose path the site
//! has a [`place`](Site::place) for. Pages are rendered here; what they show and change goes through the
//! same calls of the services that any client makes, in the visitor's name: the site has no
//! rights of its own. `session` keeps a visitor signed in by cookies, `language` has the
//! words, `assets` what pages load, and `pages` has one module for each page.

mod accept;
mod assets;
mod chart;
mod chrome;
mod config;
mod cookies;
mod cross_site;
mod day;
mod format;
mod hall;
mod language;
mod once;
mod pages;
mod problem;
mod response;
mod services;
mod session;
mod showing;
mod ticket;
mod title;
mod visit;
mod visitor;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use http::request::Parts;
use http::{Request, Response};
use micro::auth::Verifier;
use micro::trace::TraceContext;
use micro::{Clock, Problem, Registry};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub use accept::wants_page;
pub use config::{Config, ConfigError, Rule as LoneSeats};

use services::Services;
use session::Sessions;

/// Longest form that is read, bytes; pages that take files have limits of their own.
const MAX_FORM: usize = 64 * 1024;

/// Who asks, and in which trace, as the gateway found out.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    /// The client's address.
    pub client: IpAddr,
    /// The trace.
    pub trace: TraceContext,
}

/// The site.
pub struct Site {
    router: Router,
    state: Arc<State>,
}

/// What pages need.
pub(crate) struct State {
    pub services: Services,
    pub sessions: Sessions,
    pub verifier: Arc<Verifier>,
    pub clock: Clock,
    pub config: Config,
    /// Cancelled when the gateway stops: streams end.
    pub closing: CancellationToken,
}

impl Site {
    /// The site, whose visitors' calls go through the registry.
    #[must_use]
    pub fn new(
        registry: &Registry,
        verifier: Arc<Verifier>,
        clock: Clock,
        config: Config,
        closing: CancellationToken,
    ) -> Self {
        let services = Services::new(registry);
        let sessions = Sessions::new(services.users.clone());
        let state = Arc::new(State { services, sessions, verifier, clock, config, closing });
        let router = pages::routes()
            .layer(axum::middleware::from_fn_with_state(state.clone(), visit::visit))
            .merge(assets::routes())
            .layer(DefaultBodyLimit::max(MAX_FORM))
            .with_state(state.clone());
        Self { router, state }
    }

    /// The first part of a path, where the site takes it: what metrics and traces call the page.
    #[must_use]
    pub fn place(path: &str) -> Option<&'static str> {
        let first = path.strip_prefix('/')?.split('/').next()?;
        pages::PLACES.iter().find(|place| **place == first && (path == "/" || !first.is_empty())).copied()
    }

    /// The page that tells why the gateway refuses a request, whatever its path.
    pub async fn tell(&self, origin: Origin, parts: &Parts, problem: Problem) -> Response<Body> {
        visit::tell(&self.state, origin, parts, problem).await
    }

    /// Answers a request whose path it takes.
    pub async fn answer(&self, origin: Origin, mut request: Request<Body>) -> Response<Body> {
        request.extensions_mut().insert(origin);
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}
