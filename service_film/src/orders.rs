//! What is asked of the order service and told to it.

use std::time::Duration;

use contract::order::order_internal_client::OrderInternalClient;
use contract::order::{CancelScreeningRequest, FactsChangedRequest, GetSeatStatesRequest, SeatStates};
use futures_util::{StreamExt, stream};
use micro::{Channel, Problem};
use tonic::{Status, Streaming};

use crate::store::NewVersion;

/// How long an answer about seats is waited for; a person looks at the page.
const ASK_WITHIN: Duration = Duration::from_secs(3);
/// How long the telling of a cancellation may take; it is tried again.
const CANCEL_WITHIN: Duration = Duration::from_secs(10);
/// How long the telling of changed facts may take; what is not told is found out within seconds.
const TELL_WITHIN: Duration = Duration::from_secs(1);
/// Changes told at the same time.
const TOLD_AT_ONCE: usize = 32;

/// The order service.
#[derive(Clone)]
pub struct Orders {
    client: OrderInternalClient<Channel>,
}

impl Orders {
    /// The order service through its channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self { client: OrderInternalClient::new(channel) }
    }

    /// The seats of a screening that are not free.
    ///
    /// # Errors
    /// `SEAT_STATES_UNAVAILABLE`.
    pub async fn seat_states(&self, film_sid: i64) -> Result<SeatStates, Problem> {
        let mut client = self.client.clone();
        let asked = client.get_seat_states(GetSeatStatesRequest { film_sid });
        let answer = tokio::time::timeout(ASK_WITHIN, asked).await.map_err(unavailable)?;
        Ok(answer.map_err(unavailable)?.into_inner())
    }

    /// The seats of a screening as they change, after a snapshot.
    ///
    /// # Errors
    /// `SEAT_STATES_UNAVAILABLE`.
    pub async fn watch(&self, film_sid: i64) -> Result<Streaming<SeatStates>, Problem> {
        let mut client = self.client.clone();
        let asked = client.watch_seats(GetSeatStatesRequest { film_sid });
        let answer = tokio::time::timeout(ASK_WITHIN, asked).await.map_err(unavailable)?;
        Ok(answer.map_err(unavailable)?.into_inner())
    }

    /// Has the orders of a cancelled screening refunded.
    ///
    /// # Errors
    /// What the order service answered; try again.
    pub async fn cancel_screening(&self, film_sid: i64) -> Result<(), Problem> {
        let mut client = self.client.clone();
        let told = client.cancel_screening(CancelScreeningRequest { film_sid });
        let answer = tokio::time::timeout(CANCEL_WITHIN, told).await.map_err(unavailable)?;
        answer.map(|_| ()).map_err(|status| Problem::from_status(&status))
    }

    /// Tells that facts have changed, as far as time allows; failures are only logged.
    pub async fn facts_changed(&self, changed: &[NewVersion]) {
        if changed.is_empty() {
            return;
        }
        let tell = |NewVersion { film_sid, version }| {
            let mut client = self.client.clone();
            async move { client.facts_changed(FactsChangedRequest { film_sid, version }).await.err() }
        };
        let calls = stream::iter(changed.iter().copied().map(tell)).buffer_unordered(TOLD_AT_ONCE);
        let failed = calls.filter_map(std::future::ready).collect::<Vec<Status>>();
        match tokio::time::timeout(TELL_WITHIN, failed).await {
            Ok(failed) => {
                if let Some(first) = failed.first() {
                    tracing::warn!(count = failed.len(), error = %first, "changed facts not told");
                }
            }
            Err(_) => tracing::warn!(count = changed.len(), "changed facts not all told in time"),
        }
    }
}

/// The seats cannot be shown.
pub fn unavailable(cause: impl Into<micro::BoxError>) -> Problem {
    let message = "the seats' states cannot be read at the moment; try again";
    Problem::unavailable("SEAT_STATES_UNAVAILABLE", message).caused_by(cause)
}
