//! Demo logins where others can reach them: their password is known to everybody.

use std::net::ToSocketAddrs;

use micro::StartError;

use super::{LOGINS, PASSWORD};
use crate::config::Config;

/// What to do about them.
pub const ADVICE: &str = "change their passwords or disable the accounts before others can reach this system";

/// The demo's logins that work with its password, where the gateway can be reached from other machines.
///
/// # Errors
/// The user database's.
pub async fn exposed(config: &Config) -> Result<Vec<&'static str>, StartError> {
    if !is_reachable(&config.gateway) {
        return Ok(Vec::new());
    }
    let names = LOGINS.map(|login| login.name);
    service_user::accounts_with(&config.user.database, &config.data_dir, &names, PASSWORD).await
}

/// Who named a public address or a proxy lets others in, wherever the gateway itself listens.
fn is_reachable(gateway: &gateway::Config) -> bool {
    let named = gateway.public_url.is_some() || !gateway.trusted_proxies.is_empty();
    let mut addresses = gateway.listen.to_socket_addrs().into_iter().flatten();
    named || addresses.any(|address| !address.ip().is_loopback())
}
