//! A chain to try things out with: cinemas, halls, prices, two weeks of
//! screenings, and an account of every kind. The same for the same first day.

mod accounts;
mod chain;
mod films;
mod halls;
mod opening;
mod prices;
mod programme;

use std::fmt;

use contract::film::ListCinemasRequest;
use micro::Clock;

pub use accounts::{LOGINS, Login, PASSWORD};

use crate::{CallFailed, Clients};
use chain::CHAIN;

/// What became of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is set up.
    Opened(Opened),
    /// There are cinemas already: nothing was changed.
    CinemasExist,
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

/// Sets up the demo where the catalogue has no cinema. Without films it brings its own.
///
/// # Errors
/// The call that failed; what was set up until then stays.
pub async fn set_up(clients: &Clients, clock: &Clock) -> Result<Outcome, CallFailed> {
    if cinemas_exist(clients).await? {
        return Ok(Outcome::CinemasExist);
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
