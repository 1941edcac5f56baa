//! What ends the server.

use std::io;

use tokio_util::sync::CancellationToken;

/// What a shell reports for a process that ctrl-c ended.
const INTERRUPTED: i32 = 130;

/// A token that the first interrupt or termination cancels; the second ends the process at once.
pub fn stop() -> io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("stopping; once more stops at once");
        stopping.cancel();
        signals.next().await;
        tracing::warn!("stopped at once: requests that were under way have no answer");
        std::process::exit(INTERRUPTED);
    });
    Ok(stop)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[allow(clippy::unnecessary_wraps)]
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // Nothing can be waited for: the server ends when its window is closed.
            std::future::pending::<()>().await;
        }
    }
}
