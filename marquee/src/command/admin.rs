//! `marquee admin`: the first administrator, whom no other can appoint.

use std::io::{self, BufRead, IsTerminal, Read};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use console::Term;
use contract::user::{ListUsersRequest, Profile, RegisterRequest, Role, SetRolesRequest};
use marquee::UserClient;
use marquee::config::Config;
use marquee::operator::Operator;
use micro::Problem;
use service_user::domain::login_name::Login;
use tonic::Status;

use super::print;

/// Where a password can be given that is not typed.
const PASSWORD_VARIABLE: &str = "MARQUEE_PASSWORD";
/// Longest line read for a password, bytes: 128 characters of four bytes, and the line's end.
const MAX_PASSWORD_LINE: u64 = 514;
/// Accounts on a page, the most there can be.
const PAGE_SIZE: i32 = 200;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Open a new account with role admin.
    ///
    /// The password comes from the variable MARQUEE_PASSWORD or from standard input.
    Create {
        /// User name, e-mail address or phone number (beginning with +).
        login: String,
    },
    /// Give role admin to an account there is.
    Promote {
        /// User name, e-mail address or phone number (beginning with +).
        login: String,
    },
}

pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    // Asked for first: nothing is opened for who gives none.
    let password = match &arguments.what {
        What::Create { .. } => Some(password()?),
        What::Promote { .. } => None,
    };
    let operator = Operator::new(config)?.with_users().await?;
    let mut users = operator.clients().users;
    let done = match (&arguments.what, password) {
        (What::Create { login }, Some(password)) => create(&mut users, login, password).await,
        (What::Create { login } | What::Promote { login }, _) => promote(&mut users, login).await,
    };
    operator.close().await;
    print(&done?)
}

async fn create(users: &mut UserClient, login: &str, password: String) -> anyhow::Result<String> {
    let mut request = RegisterRequest { password, ..RegisterRequest::default() };
    let name = match login.trim() {
        email if email.contains('@') => &mut request.email,
        phone if phone.starts_with('+') => &mut request.phone,
        _ => &mut request.user_name,
    };
    login.trim().clone_into(name);
    let session = users.register(request).await.map_err(refused)?.into_inner();
    let profile = session.profile.context("the user service answered without an account")?;
    give_admin(users, &profile).await.with_context(|| {
        format!("the account is open, but not an administrator's; run: marquee admin promote {login}")
    })?;
    Ok(format!("{login} is a new account and an administrator.\n"))
}

async fn promote(users: &mut UserClient, login: &str) -> anyhow::Result<String> {
    let Some(profile) = find(users, login).await? else {
        bail!("there is no account {login}; open one with: marquee admin create {login}");
    };
    if profile.roles().any(|role| role == Role::Admin) {
        return Ok(format!("{login} is an administrator already.\n"));
    }
    give_admin(users, &profile).await?;
    Ok(format!("{login} is an administrator from the next sign-in on.\n"))
}

/// Adds the role; everything else of the account stays as it is.
async fn give_admin(users: &mut UserClient, profile: &Profile) -> anyhow::Result<()> {
    let mut roles = profile.roles.clone();
    roles.push(Role::Admin.into());
    let request = SetRolesRequest {
        user_id: profile.user_id,
        roles,
        cinema_ids: profile.cinema_ids.clone(),
        disabled: profile.disabled,
    };
    users.set_roles(request).await.map_err(refused)?;
    Ok(())
}

/// The account of exactly this login, whatever its spelling.
async fn find(users: &mut UserClient, login: &str) -> anyhow::Result<Option<Profile>> {
    let Some(wanted) = Login::parse(login) else { return Ok(None) };
    let (Login::UserName(key) | Login::Email(key) | Login::Phone(key)) = &wanted;
    let mut page_token = String::new();
    loop {
        let request = ListUsersRequest { query: key.clone(), page_size: PAGE_SIZE, page_token };
        let page = users.list_users(request).await.map_err(refused)?.into_inner();
        let is_wanted = |user: &Profile| {
            [&user.user_name, &user.email, &user.phone]
                .iter()
                .any(|name| Login::parse(name).as_ref() == Some(&wanted))
        };
        if let Some(found) = page.users.into_iter().find(is_wanted) {
            return Ok(Some(found));
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(None);
        }
    }
}

/// The password, never from the command line: other users can read that.
fn password() -> anyhow::Result<String> {
    let password = match std::env::var(PASSWORD_VARIABLE) {
        Ok(password) => password,
        Err(std::env::VarError::NotUnicode(_)) => bail!("{PASSWORD_VARIABLE} is not text"),
        Err(std::env::VarError::NotPresent) => typed()?,
    };
    if password.is_empty() {
        bail!("no password was given: set {PASSWORD_VARIABLE}, or write it to standard input");
    }
    Ok(password)
}

fn typed() -> anyhow::Result<String> {
    if io::stdin().is_terminal() {
        let terminal = Term::stderr();
        terminal.write_str("Password: ")?;
        return Ok(terminal.read_secure_line()?);
    }
    let mut line = String::new();
    io::stdin().lock().take(MAX_PASSWORD_LINE).read_line(&mut line).context("cannot read the password")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

// Takes the status by value to be handed to `map_err`.
#[allow(clippy::needless_pass_by_value)]
fn refused(status: Status) -> Problem {
    Problem::from_status(&status)
}
