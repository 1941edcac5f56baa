//! The log of who set whose roles.

use contract::user as proto;
use contract::user::{ListRoleChangesRequest, ListRoleChangesResponse};
use micro::{Problem, page};
use serde::{Deserialize, Serialize};
use tonic::Request;

use crate::domain::roles::Standing;
use crate::store::{RoleChange, Wanted};
use crate::users::Users;

/// Changes on a page where the request names no number.
const DEFAULT_PAGE_SIZE: i64 = 50;

/// Where a page ended: the last change on it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    role_change: i64,
}

pub async fn list(
    users: &Users,
    request: Request<ListRoleChangesRequest>,
) -> Result<ListRoleChangesResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let size = match message.page_size {
        0 => DEFAULT_PAGE_SIZE,
        size => i64::from(size),
    };
    let before = match message.page_token.as_str() {
        "" => i64::MAX,
        token => page::decode::<After>(token)?.role_change,
    };
    let wanted = Wanted {
        account_id: message.user_id,
        changed_by: message.changed_by,
        from: message.from,
        to: if message.to == 0 { i64::MAX } else { message.to },
        before,
    };
    // One more than asked for tells whether another page follows.
    let mut changes = users.store.list_role_changes(wanted, size + 1).await?;
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = changes.len() > size;
    changes.truncate(size);
    let last = changes.last().filter(|_| more);
    let next_page_token = last.map(|last| page::encode(&After { role_change: last.id })).unwrap_or_default();
    Ok(ListRoleChangesResponse { changes: changes.iter().map(shown).collect(), next_page_token })
}

fn shown(change: &RoleChange) -> proto::RoleChange {
    proto::RoleChange {
        change_id: change.id,
        changed_at: change.by.now_ms,
        changed_by: change.by.user_id,
        user_id: change.account_id,
        before: Some(standing(&change.before)),
        after: Some(standing(&change.after)),
    }
}

fn standing(standing: &Standing) -> proto::role_change::Standing {
    proto::role_change::Standing {
        roles: standing.roles().map(i32::from).collect(),
        cinema_ids: standing.cinemas().collect(),
        disabled: standing.disabled,
    }
}
