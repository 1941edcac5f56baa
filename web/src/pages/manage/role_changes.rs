//! Who set whose roles, and when: for those who run the chain.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use contract::film::Cinema;
use contract::user::role_change::Standing;
use contract::user::{ListRoleChangesRequest, Role, RoleChange};
use http::Response;
use serde::Deserialize;

use super::{changes, filter, manager, scope};
use crate::chrome::Chrome;
use crate::language::Language;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, response};

/// Changes on a page.
const PAGE: i32 = 50;

/// Which changes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    user: String,
    by: String,
    from: String,
    to: String,
    page: String,
}

#[derive(Template)]
#[template(path = "manage/role_changes.html")]
struct RoleChanges {
    chrome: Chrome,
    is_admin: bool,
    changes: Vec<Line>,
    next: Option<String>,
    problem: Option<String>,
    filter: Filter,
}

struct Line {
    when: String,
    who: String,
    user_id: i64,
    before: String,
    after: String,
}

/// Shows them, the newest first.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Result<Response<Body>, Refused> {
    if !manager(&visitor)?.is_admin() {
        return Err(Refused::not_found());
    }
    let cinemas = scope::cinemas(&state, &visitor).await?;
    let mut users = state.services.users();
    let ask = async |request| users.list_role_changes(request).await;
    let filter::Searched { found, code, problem } =
        filter::search(&visitor, filter.message(&cinemas), ask).await?;
    let page = RoleChanges {
        chrome: Chrome::new(&state, &visitor, "manage-role-changes"),
        is_admin: true,
        changes: found.changes.iter().map(|change| line(visitor.language, change, &cinemas)).collect(),
        next: filter::next("/manage/role-changes", &filter.pairs(), &found.next_page_token),
        problem,
        filter,
    };
    Ok(response::page_with(code, &page))
}

impl Filter {
    fn message(&self, cinemas: &[Cinema]) -> Option<ListRoleChangesRequest> {
        let clock = filter::clock_of(cinemas, "");
        Some(ListRoleChangesRequest {
            user_id: filter::id(&self.user)?,
            changed_by: filter::id(&self.by)?,
            from: filter::from(&clock, &self.from)?,
            to: filter::to(&clock, &self.to)?,
            page_size: PAGE,
            page_token: self.page.clone(),
        })
    }

    fn pairs(&self) -> [(&str, &str); 4] {
        [("user", &self.user), ("by", &self.by), ("from", &self.from), ("to", &self.to)]
    }
}

fn line(language: Language, change: &RoleChange, cinemas: &[Cinema]) -> Line {
    let standing = |standing: &Option<Standing>| words(language, standing.as_ref(), cinemas);
    Line {
        when: changes::when(language, &filter::clock_of(cinemas, ""), change.changed_at),
        who: changes::who(language, change.changed_by),
        user_id: change.user_id,
        before: standing(&change.before),
        after: standing(&change.after),
    }
}

/// What an account may do: its roles, where, and whether at all.
fn words(language: Language, standing: Option<&Standing>, cinemas: &[Cinema]) -> String {
    let Some(standing) = standing else { return String::new() };
    let roles = standing.roles().map(|role| {
        language.text(match role {
            Role::Staff => "manage-role-staff",
            Role::Manager => "manage-role-manager",
            Role::Admin => "manage-role-admin",
            _ => "manage-role-customer",
        })
    });
    let places = standing.cinema_ids.iter().map(|id| {
        let known = cinemas.iter().find(|cinema| cinema.cinema_id == *id);
        known.map_or_else(|| id.to_string(), |cinema| cinema.name.clone())
    });
    let disabled = standing.disabled.then(|| language.text("manage-role-disabled"));
    roles.chain(places).chain(disabled).collect::<Vec<_>>().join(" · ")
}
