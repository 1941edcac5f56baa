//! How much a client may send.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use micro::auth::TokenSource;
use micro::{Caller, Problem};

use super::{Origin, State};
use crate::directory::Method;
use contract::Access;

/// Bytes of a request from somebody who is not signed in: signing in takes a few
/// hundred, a provider's webhook a few thousand.
const STRANGERS: usize = 64 * 1024;

/// Most bytes of a request that anybody may send.
pub fn strangers(state: &State) -> usize {
    state.config.max_body_bytes.min(STRANGERS)
}

/// Most bytes of a request of this method from who sends these headers.
///
/// The service checks again who may call it; this only keeps strangers from filling the memory.
///
/// # Errors
/// That the caller may not call the method at all.
pub async fn most(
    state: &State,
    method: &Method,
    headers: &HeaderMap,
    origin: Origin,
) -> Result<usize, Problem> {
    let usual = state.config.max_body_bytes;
    let Some(contract) = method.contract else {
        // Who may call a service outside of the contract is not known here.
        return Ok(method.max_request(usual));
    };
    if method.is_public() {
        return Ok(strangers(state));
    }
    let header = headers.get(AUTHORIZATION).ok_or_else(|| {
        Problem::unauthenticated(
            "TOKEN_MISSING",
            "sign in first: this needs `authorization: Bearer <access token>`",
        )
    })?;
    let source = TokenSource { client_address: Some(origin.client), trace: origin.trace };
    let caller = state.verifier.verify(micro::auth::bearer(header)?, source).await?;
    if may_call(contract.access, &caller) {
        Ok(method.max_request(usual))
    } else {
        Err(Problem::denied("ROLE_MISSING", "this account may not do that"))
    }
}

fn may_call(access: Access, caller: &Caller) -> bool {
    match access {
        Access::Staff => caller.is_staff(),
        Access::Manager => caller.is_manager(),
        Access::Admin => caller.is_admin(),
        Access::Public | Access::SignedIn | Access::Service => true,
    }
}
