//! Which cinemas a caller answers for. Roles were checked before the handler.

use micro::{Identity, RequestContext};

use crate::domain::Refusal;

/// Whether the caller answers for the cinema; the operator's command line answers for all.
///
/// # Errors
/// `NOT_YOUR_CINEMA`.
pub fn answers_for(context: &RequestContext, cinema_id: i64) -> Result<(), Refusal> {
    match &context.identity {
        Identity::Service(_) => Ok(()),
        Identity::User(caller) if caller.manages(cinema_id) => Ok(()),
        Identity::User(_) | Identity::Anonymous => Err(Refusal::NotYourCinema),
    }
}
