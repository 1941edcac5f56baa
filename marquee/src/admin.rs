//! The admin port of a process: which address it has, by what runs in it.

use micro::admin::Admin;
use micro::{Kit, StartError, metrics};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::role::Role;

/// Where processes tell of themselves: `/metrics`, `/livez`, `/readyz`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdminConfig {
    /// Address and port of everything in one process; port 0 takes any free one, and an
    /// empty text means none.
    pub listen: String,
    /// The same of a gateway in a process of its own; one port after `listen` where it is not set.
    pub gateway: Option<String>,
    /// Of the user service; two ports after.
    pub user: Option<String>,
    /// Of the film service; three ports after.
    pub film: Option<String>,
    /// Of the order service; four ports after.
    pub order: Option<String>,
}

impl Default for AdminConfig {
    fn default() -> Self {
        Self { listen: "127.0.0.1:9100".to_owned(), gateway: None, user: None, film: None, order: None }
    }
}

impl AdminConfig {
    /// Where a process listens that is one part of the system, or everything; empty where nowhere.
    #[must_use]
    pub fn address(&self, role: Option<Role>) -> String {
        let (set, after) = match role {
            None => return self.listen.clone(),
            Some(Role::Gateway) => (&self.gateway, 1),
            Some(Role::User) => (&self.user, 2),
            Some(Role::Film) => (&self.film, 3),
            Some(Role::Order) => (&self.order, 4),
        };
        set.clone().unwrap_or_else(|| later(&self.listen, after))
    }
}

impl AdminConfig {
    /// Whether every address can be one. Whether it can be listened on is seen at the start,
    /// which does not fail for it.
    ///
    /// # Errors
    /// The one that cannot, named.
    pub fn check(&self, gateway: &str) -> Result<(), StartError> {
        let set = [
            ("listen", Some(&self.listen)),
            ("gateway", self.gateway.as_ref()),
            ("user", self.user.as_ref()),
            ("film", self.film.as_ref()),
            ("order", self.order.as_ref()),
        ];
        for (key, address) in set.into_iter().filter_map(|(key, address)| Some((key, address?))) {
            if !address.is_empty() && !is_address(address) {
                return Err(StartError::new(format!("admin.{key}: {address:?} must be like 127.0.0.1:9100")));
            }
            if address == gateway && !address.ends_with(":0") {
                return Err(StartError::new(format!(
                    "admin.{key}: {address} is gateway.listen; it needs its own"
                )));
            }
        }
        Ok(())
    }
}

/// A host and a port.
fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// The address with a port so many after; the same where that is any port, or where there is none.
fn later(listen: &str, after: u16) -> String {
    let split = listen.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
    match split {
        Some((host, port)) if port != 0 => format!("{host}:{}", port.saturating_add(after)),
        _ => listen.to_owned(),
    }
}

/// Opens the admin port of this process, where it has one.
pub async fn open(config: &Config, role: Option<Role>, kit: &Kit, stop: &CancellationToken) -> Option<Admin> {
    metrics::of_process(role.map_or("all", Role::name));
    Admin::open(&config.admin.address(role), &kit.health, stop.clone()).await
}

/// Closes it, after everything else has ended.
pub async fn close(admin: Option<Admin>) {
    if let Some(admin) = admin {
        admin.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_a_port_of_its_own_unless_it_is_set() {
        let config = AdminConfig { user: Some("0.0.0.0:9100".to_owned()), ..AdminConfig::default() };
        let roles = [None, Some(Role::Gateway), Some(Role::User), Some(Role::Film), Some(Role::Order)];
        let addresses = roles.map(|role| config.address(role));
        let expected =
            ["127.0.0.1:9100", "127.0.0.1:9101", "0.0.0.0:9100", "127.0.0.1:9103", "127.0.0.1:9104"];
        assert_eq!(addresses, expected);
    }

    #[test]
    fn any_port_and_none_are_the_same_for_all_parts() {
        for listen in ["127.0.0.1:0", ""] {
            let config = AdminConfig { listen: listen.to_owned(), ..AdminConfig::default() };
            assert_eq!(config.address(Some(Role::Order)), listen);
        }
    }
}
