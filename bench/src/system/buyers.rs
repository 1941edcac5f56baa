//! The buyers: accounts with access tokens, as anybody gets them.

use anyhow::Context;
use contract::user::RegisterRequest;
use contract::user::user_service_client::UserServiceClient;
use micro::Kit;

use crate::worker::Token;

/// Opens so many accounts; their access tokens, ready to be sent.
///
/// # Errors
/// An account that is refused.
pub async fn open_accounts(kit: Kit, count: usize) -> anyhow::Result<Vec<Token>> {
    let mut users = UserServiceClient::new(kit.registry.channel("user"));
    let mut tokens = Vec::with_capacity(count);
    for number in 0..count {
        let account = RegisterRequest {
            user_name: format!("buyer{number}"),
            password: "correct horse battery".to_owned(),
            ..RegisterRequest::default()
        };
        let session = users.register(account).await.context("cannot open an account")?.into_inner();
        tokens.push(format!("Bearer {}", session.access_token).parse()?);
    }
    Ok(tokens)
}
