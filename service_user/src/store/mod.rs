//! Accounts, sign-ins and signing keys in the database.

mod account;
mod changes;
mod conflict;
mod listing;
mod refresh_token;
mod revoked;
mod sign_in;
mod signing_key;
mod standing;

use micro::Problem;
use micro::database::{Database, Ids};

pub use account::{Account, Names, NewAccount};
pub use changes::{By, RoleChange, Wanted};
pub use listing::Position;
pub use refresh_token::{Exchange, Rotation};
pub use revoked::RevokedRows;
pub use sign_in::NewSignIn;
pub use signing_key::StoredKey;

/// Ids leased at a time: a process that ends wastes fewer than this.
const ID_BLOCK: i64 = 1_000;

/// The service's database.
#[derive(Clone)]
pub struct Store {
    database: Database,
    account_ids: Ids,
    sign_in_ids: Ids,
}

impl Store {
    /// A store on an opened, migrated database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self {
            account_ids: Ids::new(database.clone(), "account", ID_BLOCK),
            sign_in_ids: Ids::new(database.clone(), "sign_in", ID_BLOCK),
            database,
        }
    }

    /// An id for a new account.
    ///
    /// # Errors
    /// The database's.
    pub async fn next_account_id(&self) -> Result<i64, Problem> {
        self.account_ids.next().await
    }

    /// An id for a new sign-in.
    ///
    /// # Errors
    /// The database's.
    pub async fn next_sign_in_id(&self) -> Result<i64, Problem> {
        self.sign_in_ids.next().await
    }
}
