//! The accounts of the demo: one of every kind.

use contract::user::{LoginRequest, RegisterRequest, Role, SetRolesRequest};
use tonic::Code;

use crate::{CallFailed, Clients, UserClient};

/// The password of every account of the demo. It is no secret: it is printed and documented.
pub const PASSWORD: &str = "popcorn-and-cola";
/// Cinemas that the demo's manager answers for: the first of the chain.
const MANAGED: usize = 2;

/// An account of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login {
    /// Name to sign in with.
    pub name: &'static str,
    /// How the person is addressed.
    pub display_name: &'static str,
    /// What it may do, in words.
    pub what: &'static str,
    role: Role,
}

/// The accounts of the demo.
pub const LOGINS: [Login; 4] = [
    Login { name: "admin", display_name: "Ada Admin", what: "runs the whole chain", role: Role::Admin },
    Login {
        name: "manager",
        display_name: "Mei Manager",
        what: "runs the cinemas in Shanghai and Beijing",
        role: Role::Manager,
    },
    Login {
        name: "staff",
        display_name: "Sam Staff",
        what: "sells at the counter and checks tickets",
        role: Role::Staff,
    },
    Login { name: "customer", display_name: "Chris Customer", what: "buys tickets", role: Role::Customer },
];

/// Opens the accounts; gives back the names that other people's accounts have.
pub(super) async fn open(clients: &Clients, cinema_ids: &[i64]) -> Result<Vec<&'static str>, CallFailed> {
    let mut kept = Vec::new();
    for login in LOGINS {
        match account(&mut clients.users.clone(), &login).await? {
            Some(user_id) => give_role(&mut clients.users.clone(), &login, user_id, cinema_ids).await?,
            None => kept.push(login.name),
        }
    }
    Ok(kept)
}

/// The id of the demo's own account, new or from an earlier demo that was interrupted.
async fn account(users: &mut UserClient, login: &Login) -> Result<Option<i64>, CallFailed> {
    let request = RegisterRequest {
        user_name: login.name.to_owned(),
        password: PASSWORD.to_owned(),
        display_name: login.display_name.to_owned(),
        ..RegisterRequest::default()
    };
    let session = match users.register(request).await {
        Err(status) if status.code() == Code::AlreadyExists => sign_in(users, login).await?,
        answer => Some(answer.map_err(|status| failed(login, &status))?.into_inner()),
    };
    Ok(session.and_then(|session| session.profile).map(|profile| profile.user_id))
}

/// Only who has the demo's password is the demo's: no stranger is given a role.
async fn sign_in(
    users: &mut UserClient,
    login: &Login,
) -> Result<Option<contract::user::Session>, CallFailed> {
    let request = LoginRequest { login: login.name.to_owned(), password: PASSWORD.to_owned() };
    match users.login(request).await {
        Ok(session) => Ok(Some(session.into_inner())),
        Err(status) if matches!(status.code(), Code::Unauthenticated | Code::PermissionDenied) => Ok(None),
        Err(status) => Err(failed(login, &status)),
    }
}

async fn give_role(
    users: &mut UserClient,
    login: &Login,
    user_id: i64,
    cinema_ids: &[i64],
) -> Result<(), CallFailed> {
    let cinema_ids = match login.role {
        Role::Manager => cinema_ids.iter().take(MANAGED).copied().collect(),
        _ => Vec::new(),
    };
    let request = SetRolesRequest { user_id, roles: vec![login.role.into()], cinema_ids, disabled: false };
    users.set_roles(request).await.map(|_| ()).map_err(|status| failed(login, &status))
}

fn failed(login: &Login, status: &tonic::Status) -> CallFailed {
    CallFailed::new(format!("cannot open the account {}", login.name), status)
}
