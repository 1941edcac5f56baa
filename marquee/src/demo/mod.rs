//! A chain to try things out with: cinemas, halls, prices, two weeks of
//! screenings, and an account of every kind. The same for the same first day.

mod accounts;
mod chain;
mod films;
mod halls;
mod opening;
mod prices;
mod programme;
mod public_logins;

use std::fmt;

use contract::film::ListCinemasRequest;
use contract::user::ListUsersRequest;
use micro::Clock;

pub use accounts::{LOGINS, Login, PASSWORD};
pub use public_logins::{ADVICE as PUBLIC_LOGINS_ADVICE, exposed as exposed_logins};

use crate::{CallFailed, Clients};
use chain::CHAIN;

/// What became of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is set up.
    Opened(Opened),
    /// There are cinemas already: nothing was changed.
    CinemasExist,
    /// There are cinemas or accounts already, and the demo was wanted in a new system only.
    NotNew,
}

/// Where the demo is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// Wherever there are no cinemas: somebody asked for it.
    NoCinemas,
    /// Where there are neither cinemas nor accounts: nobody has begun to use the system.
    New,
}

/// What was set up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// Cinemas.
    pub cinemas: usize,
    /// Halls.
    pub halls: usize,
    /// Seats of all halls.
    pub seats: i64,
    /// Different films shown.
    pub films: usize,
    /// Screenings.
    pub screenings: usize,
    /// Logins that were left as they were: somebody else's accounts have these names.
    pub kept: Vec<&'static str>,
}

/// Sets up the demo where it is wanted and the catalogue has no cinema. Without films it brings its own.
///
/// # Errors
/// The call that failed; what was set up until then stays.
pub async fn set_up(clients: &Clients, clock: &Clock, wanted: Where) -> Result<Outcome, CallFailed> {
    match wanted {
        Where::NoCinemas if cinemas_exist(clients).await? => return Ok(Outcome::CinemasExist),
        Where::New if cinemas_exist(clients).await? || accounts_exist(clients).await? => {
            return Ok(Outcome::NotNew);
        }
        Where::NoCinemas | Where::New => {}
    }
    let films = films::choose(&clients.films).await?;
    let mut opened = Opened::default();
    let mut cinema_ids = Vec::with_capacity(CHAIN.len());
    for cinema in &CHAIN {
        cinema_ids.push(opening::open(clients, cinema, &films, clock.now_ms(), &mut opened).await?);
    }
    opened.films = films.len();
    opened.kept = accounts::open(clients, &cinema_ids).await?;
    Ok(Outcome::Opened(opened))
}

async fn cinemas_exist(clients: &Clients) -> Result<bool, CallFailed> {
    let request = ListCinemasRequest { page_size: 1, ..ListCinemasRequest::default() };
    let answer = clients.films.clone().list_cinemas(request).await;
    let answer = answer.map_err(|status| CallFailed::new("cannot list the cinemas", &status))?;
    Ok(!answer.into_inner().cinemas.is_empty())
}

async fn accounts_exist(clients: &Clients) -> Result<bool, CallFailed> {
    let request = ListUsersRequest { page_size: 1, ..ListUsersRequest::default() };
    let answer = clients.users.clone().list_users(request).await;
    let answer = answer.map_err(|status| CallFailed::new("cannot list the accounts", &status))?;
    Ok(!answer.into_inner().users.is_empty())
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = match self {
            Self::Opened(opened) => {
                writeln!(
                    f,
                    "The demo is set up: {} cinemas, {} halls with {} seats, {} films, {} screenings.",
                    opened.cinemas, opened.halls, opened.seats, opened.films, opened.screenings
                )?;
                writeln!(f, "Demo logins, for trying out only (password of each: {PASSWORD}):")?;
                opened.kept.as_slice()
            }
            Self::CinemasExist => {
                writeln!(f, "There are cinemas already; no demo was set up and nothing was changed.")?;
                writeln!(f, "If an earlier demo made them, its logins are (password of each: {PASSWORD}):")?;
                &[]
            }
            Self::NotNew => {
                return writeln!(f, "There are cinemas or accounts already; no demo was set up.");
            }
        };
        for login in LOGINS {
            if kept.contains(&login.name) {
                writeln!(f, "  {:<9} existed already and was left as it is", login.name)?;
            } else {
                writeln!(f, "  {:<9} {}", login.name, login.what)?;
            }
        }
        Ok(())
    }
}
