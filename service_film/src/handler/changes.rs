//! The log of changes.

use contract::film::{ListChangesRequest, ListChangesResponse};
use micro::{Identity, Problem, RequestContext};
use tonic::Request;

use super::access::answers_for;
use super::paging::{self, List};
use crate::catalogue::Catalogue;
use crate::domain::Refusal;
use crate::store::Wanted;

pub async fn list(
    catalogue: &Catalogue,
    request: Request<ListChangesRequest>,
) -> Result<ListChangesResponse, Problem> {
    let (context, message) = micro::accept(request)?;
    let size = paging::size(message.page_size);
    let before = match paging::after(&message.page_token, List::Changes)? {
        0 => i64::MAX,
        revision => revision,
    };
    let wanted = Wanted {
        thing: message.thing(),
        thing_id: message.thing_id,
        user_id: message.user_id,
        cinema_ids: cinemas(&context, message.cinema_id)?,
        from: message.from,
        to: message.to,
        before,
    };
    let mut changes = catalogue.store.list_changes(&wanted, size + 1).await?;
    let next_page_token =
        paging::cut(&mut changes, size, |last| paging::token(List::Changes, last.change_id));
    Ok(ListChangesResponse { changes, next_page_token })
}

/// The cinemas whose changes the caller may see; `None` for all there are.
fn cinemas(context: &RequestContext, cinema_id: i64) -> Result<Option<Vec<i64>>, Refusal> {
    if cinema_id != 0 {
        answers_for(context, cinema_id)?;
        return Ok(Some(vec![cinema_id]));
    }
    match &context.identity {
        Identity::User(caller) if !caller.is_admin() => Ok(Some(caller.cinema_ids.clone())),
        _ => Ok(None),
    }
}
