//! Opening an account.

use contract::user::{RegisterRequest, Session};
use micro::Problem;
use tonic::Request;

use super::names;
use crate::domain::Refusal;
use crate::domain::password::Password;
use crate::domain::roles::Standing;
use crate::store::NewAccount;
use crate::users::Users;

pub async fn register(users: &Users, request: Request<RegisterRequest>) -> Result<Session, Problem> {
    let (context, message) = micro::accept(request)?;
    let names = names::parse(&message.user_name, &message.email, &message.phone)?;
    if names.texts().next().is_none() {
        return Err(Refusal::LoginNameMissing.into());
    }
    let password = Password::new(&message.password);
    password.check(names.texts())?;
    users.attempts.registration(context.client_address)?;

    let account = NewAccount {
        id: users.store.next_account_id().await?,
        names,
        display_name: message.display_name.trim().to_owned(),
        locale: message.locale,
        password_hash: users.hasher.hash(password).await?,
        standing: Standing::customer(),
        standing_version: 0,
        created_at: users.clock.now_ms(),
    };
    let (sign_in, refresh_token) = users.new_sign_in().await?;
    users.store.register(&account, &sign_in).await?;
    tracing::info!(user_id = account.id, "account opened");
    users.session(&account, sign_in.id, refresh_token, sign_in.expires_at)
}
