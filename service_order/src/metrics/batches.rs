//! The committer: how large batches are, what waits, and how long it takes.

use std::sync::LazyLock;
use std::time::Instant;

use micro::metrics::opentelemetry::KeyValue;
use micro::metrics::{Count, Measure, counter, durations, gauge, seconds, shown, sizes};
use tokio::sync::mpsc::WeakSender;

/// Bounds of the commands in one batch, up to the most there can be.
const COMMANDS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

pub(super) struct Batches {
    commands: Measure,
    waited: Measure,
    took: Measure,
    written: Count,
    uncertain: Count,
    failed: Count,
}

pub(super) static BATCHES: LazyLock<Batches> = LazyLock::new(|| {
    let ended =
        counter("marquee_committer_batches_total", "Batches of the committer, by what became of them");
    let ended = |outcome| shown(&ended, &[KeyValue::new("outcome", outcome)]);
    let commands = "Commands that shared one transaction";
    let waited = "How long the first command of a batch had waited when the batch was begun";
    let took = "How long a batch took until it was durable, tries included";
    Batches {
        commands: sizes("marquee_committer_batch_commands", commands, COMMANDS.to_vec()).bind(&[]),
        waited: durations("marquee_committer_wait_seconds", waited).bind(&[]),
        took: durations("marquee_committer_commit_seconds", took).bind(&[]),
        written: ended("written"),
        uncertain: ended("uncertain"),
        failed: ended("failed"),
    }
});

/// Begins to tell how many commands wait in a queue of this size, for as long as it is there.
pub fn queue<T: Send + 'static>(queue: WeakSender<T>) {
    gauge("marquee_committer_queue_commands", "Commands that wait for the next batch", move || {
        let waiting = queue.upgrade().map(|queue| queue.max_capacity() - queue.capacity());
        waiting
            .and_then(|waiting| u32::try_from(waiting).ok())
            .map(|n| (f64::from(n), vec![]))
            .into_iter()
            .collect()
    });
}

/// A batch is begun whose first command was asked for then.
pub fn batch_taken(commands: usize, first: Option<Instant>) {
    BATCHES.commands.record(u32::try_from(commands).map_or(f64::MAX, f64::from));
    if let Some(first) = first {
        BATCHES.waited.record(seconds(first.elapsed()));
    }
}

/// A batch has ended; `certain` where it was written and that is known, nothing where it failed.
pub fn batch_ended(began: Instant, certain: Option<bool>) {
    BATCHES.took.record(seconds(began.elapsed()));
    match certain {
        Some(true) => &BATCHES.written,
        Some(false) => &BATCHES.uncertain,
        None => &BATCHES.failed,
    }
    .add(1);
}
