//! Following something in Consul by blocking queries.

use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use super::client::{ANSWER_WITHIN, Client};
use crate::balance::Backoff;

/// How long Consul waits for news.
const WAIT: Duration = Duration::from_secs(55);
/// How long it waits while its word is doubted.
const WAIT_IN_DOUBT: Duration = Duration::from_secs(1);
/// Consul adds up to a sixteenth so that not all come back at once.
const MORE: Duration = Duration::from_secs(5);
/// Rest between two questions: what changes all the time must not keep two processes busy.
const REST: Duration = Duration::from_millis(50);
/// Pauses while Consul is away.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest of them: so late is its return noticed.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// What is done with news.
pub trait Followed {
    /// What Consul answers.
    type Value: DeserializeOwned;
    /// Whether it is still to be followed.
    fn is_wanted(&self) -> bool;
    /// This is so now; `began_anew` where Consul may have lost its memory. Says whether it is believed.
    fn changed(&mut self, value: Self::Value, began_anew: bool) -> bool;
    /// Consul cannot be asked.
    fn away(&mut self);
}

/// Why following has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The process stops.
    Stopped,
    /// Nobody wants it.
    Unwanted,
}

/// Follows what is under `path` until told to stop.
pub async fn follow<F: Followed>(
    client: &Client,
    path: &str,
    stop: &CancellationToken,
    followed: &mut F,
) -> Ended {
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    let (mut index, mut highest, mut wait) = (0, 0, WAIT);
    loop {
        // Stale answers will do: any server gives them, also while there is no leader.
        let question = format!("{path}?stale&index={index}&wait={}s", wait.as_secs());
        let patience = if index == 0 { ANSWER_WITHIN } else { wait + wait / 16 + MORE };
        let Some(answer) = stop.run_until_cancelled(client.get::<F::Value>(&question, patience)).await else {
            return Ended::Stopped;
        };
        let pause = match answer {
            Ok(answer) => {
                backoff.reset();
                let believed = followed.changed(answer.value, answer.index < highest);
                wait = if believed { WAIT } else { WAIT_IN_DOUBT };
                // An index that goes back means nothing to wait for.
                index = if answer.index < index { 0 } else { answer.index };
                highest = if believed { answer.index } else { highest };
                if answer.index == 0 { LONGEST_PAUSE } else { REST }
            }
            Err(error) => {
                if backoff.is_fresh() {
                    tracing::warn!(path, %error, "what is known of other services stands until Consul answers");
                }
                followed.away();
                index = 0;
                backoff.next()
            }
        };
        if !followed.is_wanted() {
            return Ended::Unwanted;
        }
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return Ended::Stopped;
        }
    }
}
