//! Lines on their way to standard error, on a thread of their own.
//!
//! A pipe that nobody reads is full after some hundred lines. Who writes to it waits, and must not
//! be a request: the lines wait here, and those that find no room are counted.

use parking_lot::Mutex;
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};

/// Lines that wait at most, some 300 bytes each.
const WAITING: usize = 16_384;

struct Writer {
    lost: ErrorCounter,
    /// Dropped, it writes what waits, for a second at most.
    _guard: WorkerGuard,
}

static WRITER: Mutex<Option<Writer>> = Mutex::new(None);

/// What writes to standard error, until [`end`].
pub(super) fn standard_error() -> NonBlocking {
    let (lines, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(WAITING)
        .thread_name("log")
        .finish(std::io::stderr());
    *WRITER.lock() = Some(Writer { lost: lines.error_counter(), _guard: guard });
    lines
}

/// Lines that were lost, as nobody read them.
pub(crate) fn lost() -> u64 {
    let lost = WRITER.lock().as_ref().map_or(0, |writer| writer.lost.dropped_lines());
    u64::try_from(lost).unwrap_or(u64::MAX)
}

/// Writes what waits, for a second at most. Lines that come later are lost: it is the last
/// that a process does.
pub fn end() {
    drop(WRITER.lock().take());
}
