//! Which accounts have a password that everybody knows, such as that of a demo; changes nothing.

use std::path::Path;

use argon2::Params;
use micro::StartError;
use micro::database::{DatabaseConfig, Kind};
use sqlx::{AnyConnection, Connection};

use crate::DATABASE_FILE;
use crate::domain::login_name::key;
use crate::domain::password::Password;
use crate::hasher::{Verified, verify};

/// Those of the user names whose accounts can sign in with the password. None
/// where there is no database yet.
///
/// # Errors
/// A database that cannot be read.
pub async fn accounts_with<'a>(
    config: &DatabaseConfig,
    data_dir: &Path,
    user_names: &[&'a str],
    password: &str,
) -> Result<Vec<&'a str>, StartError> {
    let file = data_dir.join(DATABASE_FILE);
    let url = match config.url.as_str() {
        "" if !file.exists() => return Ok(Vec::new()),
        "" => format!("sqlite:{}?mode=ro", file.display()),
        url => url.to_owned(),
    };
    sqlx::any::install_default_drivers();
    let kind = config.kind().map_err(StartError::new)?;
    let mut connection = AnyConnection::connect(&url).await.map_err(StartError::new)?;
    let found = find(&mut connection, kind, user_names, Password::new(password)).await;
    // What was read is read; the connection ends in either case.
    let _ = connection.close().await;
    found.map_err(StartError::new)
}

async fn find<'a>(
    connection: &mut AnyConnection,
    kind: Kind,
    user_names: &[&'a str],
    password: Password,
) -> Result<Vec<&'a str>, sqlx::Error> {
    let tables = match kind {
        Kind::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name = 'account'",
        Kind::Postgres => "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'account'",
    };
    let tables: i64 = sqlx::query_scalar(tables).fetch_one(&mut *connection).await?;
    let mut found = Vec::new();
    for name in user_names.iter().filter(|_| tables > 0) {
        let sql = "SELECT password_hash FROM account WHERE user_name_key = $1 AND disabled = 0";
        let hash: Option<String> =
            sqlx::query_scalar(sql).bind(key(name)).fetch_optional(&mut *connection).await?;
        let Some(hash) = hash else { continue };
        // A hash takes tens of milliseconds: not on a thread that answers requests.
        let password = password.clone();
        let verified = tokio::task::spawn_blocking(move || verify(&Params::default(), &password, &hash));
        if matches!(verified.await, Ok(Ok(Verified::Right | Verified::RightButOutdated))) {
            found.push(*name);
        }
    }
    Ok(found)
}
