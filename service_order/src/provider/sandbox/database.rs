//! Where the sandbox remembers what it said.

use std::path::Path;

use micro::database::{Database, DatabaseConfig, DatabaseError, Kind};

/// Its file in the data folder, where orders are in a file as well.
const FILE: &str = "sandbox.db";
/// Connections: one that writes charges and refunds, one that looks for webhooks.
const CONNECTIONS: u32 = 2;
/// Which of its migrations have run; apart from those of orders, whose database it may share.
const MIGRATIONS_TABLE: &str = "sandbox_migrations";

/// Opens it, on connections of its own: in the database of orders where several processes
/// can share one, else in a file of its own, whose writers are in nobody's way.
///
/// # Errors
/// The database's.
pub async fn open_database(orders: &DatabaseConfig, data_dir: &Path) -> Result<Database, DatabaseError> {
    let url = match orders.kind()? {
        Kind::Sqlite => String::new(),
        Kind::Postgres => orders.url.clone(),
    };
    let mut migrations = micro::migrations!["../../../migrations/sandbox": "0001_sandbox"];
    migrations.dangerous_set_table_name(MIGRATIONS_TABLE);
    let config = DatabaseConfig { url, max_connections: CONNECTIONS };
    Database::open(&config, &data_dir.join(FILE), &migrations).await
}
