//! What attacks leave in the log: who was meant and where it came from, never what was typed.

use std::net::IpAddr;

use micro::RequestContext;
use micro::trace::TraceContext;

/// Where a request came from.
#[derive(Debug, Clone, Copy)]
pub struct Trail {
    client_address: Option<IpAddr>,
    trace: TraceContext,
}

/// The trail of a request.
pub fn of(context: &RequestContext) -> Trail {
    Trail { client_address: context.client_address, trace: context.trace }
}

impl Trail {
    /// A password was wrong; without an account, the name was of nobody. Further
    /// tries are refused for the pause, and are not logged: their number is the caller's choice.
    pub fn wrong_password(self, user_id: Option<i64>, pause_ms: i64) {
        let (client_address, trace_id) = (self.client(), self.trace);
        if pause_ms > 0 {
            tracing::warn!(user_id, pause_ms, client_address, %trace_id, "wrong password, too often");
        } else {
            tracing::info!(user_id, client_address, %trace_id, "wrong password");
        }
    }

    /// Somebody used a refresh token that was spent: one of two has a copy.
    pub fn refresh_token_reused(self, user_id: i64, sign_in_id: i64) {
        let (client_address, trace_id) = (self.client(), self.trace);
        tracing::warn!(user_id, sign_in_id, client_address, %trace_id, "refresh token reused; sign-in ended");
    }

    /// A token that had just been spent got its answer again: an answer that was lost, two gateways
    /// that were asked at once, or a copy, which is noticed at its next use.
    pub fn refresh_token_repeated(self, user_id: i64, sign_in_id: i64) {
        let (client_address, trace_id) = (self.client(), self.trace);
        tracing::info!(user_id, sign_in_id, client_address, %trace_id, "refresh token answered again");
    }

    /// Somebody who has the password came to an account that is disabled.
    pub fn disabled_account(self, user_id: i64) {
        let (client_address, trace_id) = (self.client(), self.trace);
        tracing::warn!(user_id, client_address, %trace_id, "right password of a disabled account");
    }

    fn client(self) -> Option<String> {
        self.client_address.map(|address| address.to_string())
    }
}
