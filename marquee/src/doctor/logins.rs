//! Logins that everybody knows.

use super::Finding;
use crate::config::Config;
use crate::demo;

const SUBJECT: &str = "demo logins";

/// Says nothing where there are none, or where nobody else can reach them.
pub(super) async fn examine(config: &Config) -> Option<Finding> {
    // A database that cannot be read is found where databases are looked at.
    let logins = demo::exposed_logins(config).await.ok().filter(|logins| !logins.is_empty())?;
    let found = format!("{} can sign in with the demo's public password", logins.join(", "));
    Some(Finding::doubtful(SUBJECT, found, demo::PUBLIC_LOGINS_ADVICE))
}
