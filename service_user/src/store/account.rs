//! Rows of `account`.

use std::fmt;

use micro::Problem;
use sqlx::{Any, Transaction};

use super::Store;
use super::conflict::name_taken;
use super::sign_in::{self, NewSignIn};
use crate::domain::login_name::{Login, Name, key};
use crate::domain::roles::Standing;

/// The names an account can sign in with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// User name.
    pub user_name: Option<Name>,
    /// E-mail address.
    pub email: Option<Name>,
    /// Phone number.
    pub phone: Option<Name>,
}

impl Names {
    /// The texts of the names that are there.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.user_name, &self.email, &self.phone].into_iter().flatten().map(|name| name.text.as_str())
    }
}

/// An account. `Debug` does not show the password's hash.
#[derive(Clone)]
pub struct Account {
    /// Its id.
    pub id: i64,
    /// What it signs in with.
    pub names: Names,
    /// How to address the person.
    pub display_name: String,
    /// Preferred language.
    pub locale: String,
    /// PHC string of the password.
    pub password_hash: String,
    /// Roles, cinemas, and whether it is disabled.
    pub standing: Standing,
    /// How often that has been set.
    pub standing_version: i64,
    /// When it was opened, in milliseconds since 1970.
    pub created_at: i64,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

/// What a new account consists of: an [`Account`] that is not stored yet.
pub type NewAccount = Account;

micro::row! {
    /// A row as it is stored.
    pub(super) struct Row {
        id: i64,
        user_name: Option<String>,
        user_name_key: Option<String>,
        email: Option<String>,
        email_key: Option<String>,
        phone_key: Option<String>,
        display_name: String,
        locale: String,
        password_hash: String,
        roles: String,
        cinemas: String,
        disabled: i64,
        standing_version: i64,
        created_at: i64,
    }
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        let name = |text: Option<String>, key: Option<String>| Some(Name { text: text?, key: key? });
        Self {
            id: row.id,
            names: Names {
                user_name: name(row.user_name, row.user_name_key),
                email: name(row.email, row.email_key),
                phone: name(row.phone_key.clone(), row.phone_key),
            },
            display_name: row.display_name,
            locale: row.locale,
            password_hash: row.password_hash,
            standing: Standing::stored(&row.roles, &row.cinemas, row.disabled != 0),
            standing_version: row.standing_version,
            created_at: row.created_at,
        }
    }
}

/// The columns of [`Row`], from a table named `account`.
macro_rules! select_account {
    ($rest:literal) => {
        concat!(
            "SELECT account.id, user_name, user_name_key, email, email_key, phone_key, display_name, locale, \
             password_hash, roles, cinemas, disabled, standing_version, account.created_at FROM account ",
            $rest
        )
    };
}
pub(super) use select_account;

impl Store {
    /// Stores a new account with its first sign-in.
    ///
    /// # Errors
    /// `USER_NAME_TAKEN`, `EMAIL_TAKEN`, `PHONE_TAKEN`, or the database's.
    pub async fn register(&self, account: &NewAccount, sign_in: &NewSignIn) -> Result<(), Problem> {
        let mut transaction = self.database.begin_write().await?;
        insert(&mut transaction, account).await.map_err(name_taken)?;
        sign_in::insert(&mut transaction, account.id, sign_in).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The account that signs in so, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn account_by_login(&self, login: &Login) -> Result<Option<Account>, Problem> {
        let (sql, key) = match login {
            Login::UserName(key) => (select_account!("WHERE user_name_key = $1"), key),
            Login::Email(key) => (select_account!("WHERE email_key = $1"), key),
            Login::Phone(key) => (select_account!("WHERE phone_key = $1"), key),
        };
        let row: Option<Row> = sqlx::query_as(sql).bind(key).fetch_optional(self.database.pool()).await?;
        Ok(row.map(Account::from))
    }

    /// The account with this id, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn account(&self, id: i64) -> Result<Option<Account>, Problem> {
        let row: Option<Row> = sqlx::query_as(select_account!("WHERE id = $1"))
            .bind(id)
            .fetch_optional(self.database.pool())
            .await?;
        Ok(row.map(Account::from))
    }

    /// Applies `change` to the profile of an account (names, display name, locale) and stores it.
    /// `None` where there is no such account.
    ///
    /// # Errors
    /// `USER_NAME_TAKEN`, `EMAIL_TAKEN`, `PHONE_TAKEN`, or the database's.
    pub async fn change_profile(
        &self,
        id: i64,
        change: impl FnOnce(&mut Account) + Send,
    ) -> Result<Option<Account>, Problem> {
        let mut transaction = self.database.begin_write().await?;
        let Some(mut account) = lock(&mut transaction, id).await? else { return Ok(None) };
        change(&mut account);
        let sql = "UPDATE account SET user_name = $2, user_name_key = $3, email = $4, email_key = $5, \
                   phone_key = $6, display_name = $7, locale = $8, search_text = $9 WHERE id = $1";
        let names = &account.names;
        sqlx::query(sql)
            .bind(id)
            .bind(names.user_name.as_ref().map(|name| name.text.as_str()))
            .bind(names.user_name.as_ref().map(|name| name.key.as_str()))
            .bind(names.email.as_ref().map(|name| name.text.as_str()))
            .bind(names.email.as_ref().map(|name| name.key.as_str()))
            .bind(names.phone.as_ref().map(|name| name.key.as_str()))
            .bind(&account.display_name)
            .bind(&account.locale)
            .bind(search_text(&account))
            .execute(&mut *transaction)
            .await
            .map_err(name_taken)?;
        transaction.commit().await?;
        Ok(Some(account))
    }

    /// Sets a new password where the old one still is the one that was verified,
    /// ends all sign-ins and opens a new one. `false` where it is not.
    ///
    /// # Errors
    /// The database's.
    pub async fn change_password(
        &self,
        id: i64,
        verified_hash: &str,
        new_hash: &str,
        sign_in: &NewSignIn,
    ) -> Result<bool, Problem> {
        let mut transaction = self.database.begin_write().await?;
        let sql =
            "UPDATE account SET password_hash = $3 WHERE id = $1 AND password_hash = $2 AND disabled = 0";
        let changed =
            sqlx::query(sql).bind(id).bind(verified_hash).bind(new_hash).execute(&mut *transaction).await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        sign_in::end_all(&mut transaction, id, sign_in.created_at).await?;
        sign_in::insert(&mut transaction, id, sign_in).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

async fn insert(transaction: &mut Transaction<'static, Any>, account: &Account) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO account (id, user_name, user_name_key, email, email_key, phone_key, display_name, \
               locale, search_text, password_hash, roles, cinemas, admin, disabled, created_at, signed_in_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)";
    let Account { names, standing, .. } = account;
    sqlx::query(sql)
        .bind(account.id)
        .bind(names.user_name.as_ref().map(|name| name.text.as_str()))
        .bind(names.user_name.as_ref().map(|name| name.key.as_str()))
        .bind(names.email.as_ref().map(|name| name.text.as_str()))
        .bind(names.email.as_ref().map(|name| name.key.as_str()))
        .bind(names.phone.as_ref().map(|name| name.key.as_str()))
        .bind(&account.display_name)
        .bind(&account.locale)
        .bind(search_text(account))
        .bind(&account.password_hash)
        .bind(standing.roles_text())
        .bind(standing.cinemas_text())
        .bind(i64::from(standing.is_admin()))
        .bind(i64::from(standing.disabled))
        .bind(account.created_at)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Reads an account and keeps others from changing it until the transaction ends.
pub(super) async fn lock(
    transaction: &mut Transaction<'static, Any>,
    id: i64,
) -> Result<Option<Account>, sqlx::Error> {
    // An update locks the row on every engine; `FOR UPDATE` is not portable.
    let locked = sqlx::query("UPDATE account SET locale = locale WHERE id = $1")
        .bind(id)
        .execute(&mut **transaction)
        .await?;
    if locked.rows_affected() == 0 {
        return Ok(None);
    }
    let row: Row =
        sqlx::query_as(select_account!("WHERE id = $1")).bind(id).fetch_one(&mut **transaction).await?;
    Ok(Some(row.into()))
}

/// What a search looks in: all names in the form they are compared in.
fn search_text(account: &Account) -> String {
    let names = account.names.texts().chain([account.display_name.as_str()]);
    key(&names.collect::<Vec<_>>().join("\n"))
}
