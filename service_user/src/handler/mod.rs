//! The RPCs of `user.UserService`, one file for each group.

mod changes;
mod internal;
mod listing;
mod names;
mod password;
mod profile;
mod register;
mod session;
mod sign_in;
mod standing;
mod token;
mod trail;

use std::sync::Arc;

use contract::user as proto;
use contract::user::user_internal_server::UserInternal;
use contract::user::user_service_server::UserService;
use tonic::{Request, Response, Status};

use crate::users::Users;

/// Serves `user.UserService`.
#[derive(Clone)]
pub struct Handler {
    users: Arc<Users>,
}

impl Handler {
    /// A handler of the service with these parts.
    #[must_use]
    pub fn new(users: Arc<Users>) -> Self {
        Self { users }
    }
}

type Reply<T> = Result<Response<T>, Status>;

/// Lets the function of each RPC read as its story, in its own file.
macro_rules! answer {
    ($story:expr) => {
        Ok(Response::new($story.await?))
    };
}

#[tonic::async_trait]
impl UserService for Handler {
    async fn register(&self, request: Request<proto::RegisterRequest>) -> Reply<proto::Session> {
        answer!(register::register(&self.users, request))
    }

    async fn login(&self, request: Request<proto::LoginRequest>) -> Reply<proto::Session> {
        answer!(sign_in::login(&self.users, request))
    }

    async fn refresh(&self, request: Request<proto::RefreshRequest>) -> Reply<proto::Session> {
        answer!(session::refresh(&self.users, request))
    }

    async fn logout(&self, request: Request<proto::LogoutRequest>) -> Reply<proto::LogoutResponse> {
        answer!(session::logout(&self.users, request))
    }

    async fn authorize(&self, request: Request<proto::AuthorizeRequest>) -> Reply<proto::AuthorizeResponse> {
        answer!(token::authorize(&self.users, request))
    }

    async fn get_profile(&self, request: Request<proto::GetProfileRequest>) -> Reply<proto::Profile> {
        answer!(profile::get(&self.users, request))
    }

    async fn update_profile(&self, request: Request<proto::UpdateProfileRequest>) -> Reply<proto::Profile> {
        answer!(profile::update(&self.users, request))
    }

    async fn change_password(&self, request: Request<proto::ChangePasswordRequest>) -> Reply<proto::Session> {
        answer!(password::change(&self.users, request))
    }

    async fn list_users(&self, request: Request<proto::ListUsersRequest>) -> Reply<proto::ListUsersResponse> {
        answer!(listing::list(&self.users, request))
    }

    async fn set_roles(&self, request: Request<proto::SetRolesRequest>) -> Reply<proto::Profile> {
        answer!(standing::set_roles(&self.users, request))
    }

    async fn list_role_changes(
        &self,
        request: Request<proto::ListRoleChangesRequest>,
    ) -> Reply<proto::ListRoleChangesResponse> {
        answer!(changes::list(&self.users, request))
    }

    async fn get_keys(&self, request: Request<proto::GetKeysRequest>) -> Reply<proto::GetKeysResponse> {
        let (_, _) = micro::accept(request)?;
        Ok(Response::new(proto::GetKeysResponse { keys: self.users.keys.published() }))
    }
}

#[tonic::async_trait]
impl UserInternal for Handler {
    async fn get_revoked_tokens(
        &self,
        request: Request<proto::GetRevokedTokensRequest>,
    ) -> Reply<proto::RevokedTokens> {
        let (_, message) = micro::accept(request)?;
        Ok(Response::new(self.users.revocations.since(message.fingerprint)))
    }

    async fn check_user(&self, request: Request<proto::CheckUserRequest>) -> Reply<proto::CheckUserResponse> {
        answer!(internal::check_user(&self.users, request))
    }
}
