//! Who looks at a page, and how they want it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, REFERER};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use micro::Caller;
use micro::registry::CLIENT_ADDRESS;
use micro::trace::TRACEPARENT;
use tonic::Request;

use crate::Origin;
use crate::cookies::Cookie;
use crate::language::Language;
use crate::problem::Refused;

/// How long a page waits for a service.
const PATIENCE: Duration = Duration::from_secs(10);

/// Light, dark, or as the device is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    /// By its name.
    pub fn named(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }

    /// What style sheets and cookies call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub caller: Arc<Caller>,
    /// `Bearer` and the access token.
    authorization: HeaderValue,
}

impl SignedIn {
    /// Somebody whose token has been verified.
    pub fn new(caller: Arc<Caller>, access_token: &str) -> Option<Self> {
        let mut authorization: HeaderValue = format!("Bearer {access_token}").parse().ok()?;
        authorization.set_sensitive(true);
        Some(Self { caller, authorization })
    }
}

/// Who looks at a page, and how they want it.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who asks, and in which trace.
    pub origin: Origin,
    /// The language of the page.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// The city whose cinemas they want to see; all where empty.
    pub city: String,
    /// Path and query of the page: where to come back to.
    pub here: String,
    /// Who they are, where they are signed in.
    pub signed_in: Option<SignedIn>,
}

/// Path and query of the page that a form was on. Only forms of our own pages get here
/// ([`crate::cross_site`]), and only the path is used.
fn page_before(headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|referer| referer.to_str().ok()?.parse::<Uri>().ok());
    let path = referer.as_ref().and_then(Uri::path_and_query).map_or("/", |path| path.as_str());
    if path.starts_with("//") { "/".to_owned() } else { path.to_owned() }
}

impl Visitor {
    /// What a request tells, apart from who it is.
    pub fn new(origin: Origin, parts: &Parts) -> Self {
        let headers = &parts.headers;
        let here = parts.uri.path_and_query().map_or("/", |here| here.as_str());
        Self {
            origin,
            language: language(headers),
            theme: Cookie::Theme.of(headers).map(Theme::named).unwrap_or_default(),
            city: city(headers),
            // A form's answer is no page to come back to: the page is that it was on.
            here: if parts.method == Method::GET { here.to_owned() } else { page_before(headers) },
            signed_in: None,
        }
    }

    /// A message for a service, sent in the visitor's name.
    pub fn ask<T>(&self, message: T) -> Request<T> {
        let mut request = self.watch(message);
        request.set_timeout(PATIENCE);
        request
    }

    /// A message for a service that answers for as long as the visitor looks.
    pub fn watch<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let headers = request.metadata_mut().as_mut();
        headers.insert(TRACEPARENT, self.origin.trace.to_header());
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(self.language.tag()));
        // An address is always a valid header; were it none, the call must not pass for our own.
        let address = HeaderValue::from_str(&self.origin.client.to_string());
        let address = address.unwrap_or_else(|_| HeaderValue::from_static("-"));
        headers.insert(HeaderName::from_static(CLIENT_ADDRESS), address);
        if let Some(signed_in) = &self.signed_in {
            headers.insert(AUTHORIZATION, signed_in.authorization.clone());
        }
        request
    }

    /// The same message, done once however often it is sent.
    pub fn ask_once<T>(&self, key: &str, message: T) -> Request<T> {
        let mut request = self.ask(message);
        if let Ok(key) = key.parse() {
            request.metadata_mut().insert("idempotency-key", key);
        }
        request
    }

    /// The account of who is signed in.
    ///
    /// # Errors
    /// Where nobody is: the answer leads to signing in.
    pub fn user(&self) -> Result<&Caller, Refused> {
        match &self.signed_in {
            Some(signed_in) => Ok(&signed_in.caller),
            None => Err(Refused::sign_in(&self.here)),
        }
    }

    /// Whether they may sell and check tickets.
    pub fn is_staff(&self) -> bool {
        self.signed_in.as_ref().is_some_and(|signed_in| signed_in.caller.is_staff())
    }

    /// Whether they run cinemas.
    pub fn is_manager(&self) -> bool {
        self.signed_in.as_ref().is_some_and(|signed_in| signed_in.caller.is_manager())
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().cloned();
        // Every page is behind `visit`; without it, it would be a stranger's.
        Ok(known.unwrap_or_else(|| {
            let origin = Origin {
                client: std::net::Ipv4Addr::UNSPECIFIED.into(),
                trace: micro::trace::TraceContext::new(),
            };
            Self::new(origin, parts)
        }))
    }
}

/// The chosen one, else what the browser asks for, else English.
fn language(headers: &HeaderMap) -> Language {
    let chosen = Cookie::Language.of(headers).and_then(Language::of_tag);
    let accepted = || headers.get(ACCEPT_LANGUAGE)?.to_str().ok().and_then(Language::accepted);
    chosen.or_else(accepted).unwrap_or_default()
}

fn city(headers: &HeaderMap) -> String {
    let city = Cookie::City.of(headers).unwrap_or_default();
    percent_encoding::percent_decode_str(city).decode_utf8().unwrap_or_default().into_owned()
}
