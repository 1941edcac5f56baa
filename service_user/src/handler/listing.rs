//! Finding accounts.

use contract::user::{ListUsersRequest, ListUsersResponse};
use micro::{Problem, page};
use tonic::Request;

use crate::store::Position;
use crate::users::{Users, profile};

/// Accounts on a page where the request names no number.
const DEFAULT_PAGE_SIZE: i64 = 50;

pub async fn list(users: &Users, request: Request<ListUsersRequest>) -> Result<ListUsersResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let size = match message.page_size {
        0 => DEFAULT_PAGE_SIZE,
        size => i64::from(size),
    };
    let after = match message.page_token.as_str() {
        "" => Position::START,
        token => page::decode(token)?,
    };
    // One more than asked for tells whether another page follows.
    let mut accounts = users.store.find_accounts(&message.query, after, size + 1).await?;
    let wanted = usize::try_from(size).unwrap_or(usize::MAX);
    let more = accounts.len() > wanted;
    accounts.truncate(wanted);
    let last = accounts.last().filter(|_| more);
    let next_page_token = last
        .map(|last| page::encode(&Position { created_at: last.created_at, id: last.id }))
        .unwrap_or_default();
    Ok(ListUsersResponse { users: accounts.iter().map(profile).collect(), next_page_token })
}
