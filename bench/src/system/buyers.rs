//! Who buys: a crowd, each order somebody else's.

use anyhow::Context;
use contract::user::user_service_client::UserServiceClient;
use contract::user::{LoginRequest, RegisterRequest, Role, SetRolesRequest};
use micro::Kit;

use crate::worker::Token;

/// Ids of the people orders are sold to, those of the past included: new orders
/// land among the stored ones, as they do in an on-sale, and not beside them.
pub const FIRST_BUYER: i64 = 1_000_000;
/// How many people there are.
pub const BUYERS: i64 = 200_000;
const PASSWORD: &str = "correct horse battery";

/// Somebody of the crowd.
#[must_use]
pub fn anybody() -> i64 {
    rand::random_range(FIRST_BUYER..FIRST_BUYER + BUYERS)
}

/// Opens so many accounts of staff, who may sell to anybody; their access tokens, ready to be sent.
///
/// # Errors
/// An account that is refused.
pub async fn open_accounts(kit: Kit, count: usize) -> anyhow::Result<Vec<Token>> {
    let mut users = UserServiceClient::new(kit.registry.channel("user"));
    let mut tokens = Vec::with_capacity(count);
    for number in 0..count {
        let user_name = format!("till{number}");
        let account = RegisterRequest {
            user_name: user_name.clone(),
            password: PASSWORD.to_owned(),
            ..RegisterRequest::default()
        };
        let session = users.register(account).await.context("cannot open an account")?.into_inner();
        let user_id = session.profile.context("an account without a profile")?.user_id;
        let staff =
            SetRolesRequest { user_id, roles: vec![Role::Staff.into()], ..SetRolesRequest::default() };
        users.set_roles(staff).await.context("cannot make an account staff")?;
        // The role is in tokens issued from now on.
        let login = LoginRequest { login: user_name, password: PASSWORD.to_owned() };
        let session = users.login(login).await.context("cannot sign in")?.into_inner();
        tokens.push(format!("Bearer {}", session.access_token).parse()?);
    }
    Ok(tokens)
}
