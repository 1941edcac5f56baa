//! What is asked of the user service: whether there is such a buyer.

use std::time::Duration;

use contract::user::CheckUserRequest;
use contract::user::user_internal_client::UserInternalClient;
use micro::{BoxError, Channel, Problem};
use tonic::Code;

use crate::domain::problem;

/// How long an answer is waited for: a customer stands at the counter.
const WITHIN: Duration = Duration::from_secs(3);

/// Accounts that staff sell for. Who buys for themselves has shown a token: nobody is asked.
#[derive(Clone)]
pub struct Buyers {
    users: UserInternalClient<Channel>,
}

impl Buyers {
    /// Accounts through the user service's channel.
    #[must_use]
    pub fn new(users: Channel) -> Self {
        Self { users: UserInternalClient::new(users) }
    }

    /// Checks that there is such an account.
    ///
    /// # Errors
    /// `USER_NOT_FOUND`; `USERS_UNAVAILABLE` where it cannot be looked up.
    pub async fn check(&self, user_id: i64) -> Result<(), Problem> {
        let mut users = self.users.clone();
        let asked = users.check_user(CheckUserRequest { user_id });
        match tokio::time::timeout(WITHIN, asked).await.map_err(unavailable)? {
            Ok(_) => Ok(()),
            Err(status) if status.code() == Code::NotFound => Err(problem::buyer_not_found()),
            Err(status) => Err(unavailable(status)),
        }
    }
}

fn unavailable(cause: impl Into<BoxError>) -> Problem {
    let message = "the buyer's account cannot be looked up at the moment; nothing was done, try again";
    Problem::unavailable("USERS_UNAVAILABLE", message).caused_by(cause)
}
