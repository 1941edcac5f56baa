//! Looks at everything the server needs, changes nothing, and gives advice.

mod books;
mod clock;
mod databases;
mod engines;
mod folder;
mod logins;
mod machine;
mod receivers;
mod seat_maps;
mod settings;
mod skew;
mod space;

use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::config::Config;

/// How something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Good,
    /// It works, but somebody should look at it.
    Doubtful,
    /// The server will not start or not work.
    Bad,
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How it is.
    pub state: State,
    /// What was looked at.
    pub subject: &'static str,
    /// What was found.
    pub found: String,
    /// More of it, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// What to do about it; empty where nothing is to be done.
    pub advice: String,
}

impl Finding {
    fn new(state: State, subject: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { state, subject, found: found.into(), details: Vec::new(), advice: advice.into() }
    }

    fn good(subject: &'static str, found: impl Into<String>) -> Self {
        Self::new(State::Good, subject, found, "")
    }

    fn doubtful(subject: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(State::Doubtful, subject, found, advice)
    }

    /// What stands in the way of the server.
    #[must_use]
    pub fn bad(subject: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(State::Bad, subject, found, advice)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.state {
            State::Good => "ok",
            State::Doubtful => "look",
            State::Bad => "BAD",
        };
        write!(f, "{mark:<5} {:<15} {}", self.subject, self.found)?;
        for line in self.details.iter().chain(Some(&self.advice).filter(|advice| !advice.is_empty())) {
            write!(f, "\n      {:<15} {line}", "")?;
        }
        Ok(())
    }
}

/// Looks at everything; `file` is the configuration that was named, if one was.
pub async fn examine(config: &Config, file: Option<&Path>) -> Vec<Finding> {
    let mut findings = settings::examine(config, file);
    findings.extend(folder::examine(config));
    findings.extend(space::examine(&config.data_dir));
    findings.extend(databases::examine(config).await);
    findings.extend(engines::examine(config).await);
    findings.extend(receivers::examine(config).await);
    findings.extend(logins::examine(config).await);
    findings.push(clock::examine(&config.data_dir));
    findings.extend(machine::examine(config).await);
    findings
}

/// Looks through every order, and compares them with what a running server shows.
pub async fn check(config: &Config) -> Vec<Finding> {
    let Some(file) = books::missing(config) else {
        return match books::open(config).await {
            Ok(database) => {
                let mut findings = books::examine(&database).await;
                findings.extend(seat_maps::examine(config, &database).await);
                findings
            }
            Err(error) => vec![Finding::bad("orders", chain(&error), "see the order database above")],
        };
    };
    vec![Finding::good("orders", format!("{} is not there yet: nothing was sold", file.display()))]
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
