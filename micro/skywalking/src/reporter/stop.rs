//! The end of reporting: told once, with a little time left for what is under way.

use std::{future::pending, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout},
};

/// Knows whether the end was told, and until when there is time.
#[derive(Clone, Debug)]
pub(super) struct Stop(watch::Receiver<Option<Instant>>);

/// What a call came to.
pub(super) enum Ended<T> {
    With(T),
    TimedOut,
}

impl Stop {
    /// Runs `work`, which is told the end when `signal` comes.
    pub(super) async fn run<F: Future<Output = ()>>(
        signal: impl Future<Output = ()>,
        grace: Duration,
        work: impl FnOnce(Self) -> F,
    ) {
        let (tell, told) = watch::channel(None);
        let telling = async {
            signal.await;
            tell.send_replace(Some(Instant::now() + grace));
            pending::<()>().await;
        };
        tokio::select! {
            () = telling => {}
            () = work(Self(told)) => {}
        }
    }

    pub(super) fn is_told(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Waits until the end is told.
    pub(super) async fn told(&self) -> Instant {
        let mut told = self.0.clone();
        match told.wait_for(Option::is_some).await.map(|until| *until) {
            Ok(Some(until)) => until,
            // The teller lives as long as the work does.
            _ => pending().await,
        }
    }

    /// Waits the time, or until the end is told.
    pub(super) async fn sleep(&self, time: Duration) {
        tokio::select! {
            () = sleep(time) => {}
            _ = self.told() => {}
        }
    }

    /// Runs a call for at most `limit`, and no longer than there is time after the end.
    pub(super) async fn call<T>(&self, limit: Duration, call: impl Future<Output = T>) -> Ended<T> {
        let over = async { sleep_until(self.told().await).await };
        tokio::select! {
            done = timeout(limit, call) => done.map_or(Ended::TimedOut, Ended::With),
            () = over => Ended::TimedOut,
        }
    }
}
