//! The runtime that requests are answered on.

use opentelemetry::KeyValue;
use tokio::runtime::Handle;

use super::{gauge, meter};

pub(super) fn register(handle: &Handle) {
    let (workers, tasks, queue, busy) =
        (handle.metrics(), handle.metrics(), handle.metrics(), handle.metrics());
    let number = |value: usize| vec![(u32::try_from(value).map_or(f64::MAX, f64::from), Vec::new())];
    gauge("marquee_runtime_workers", "Threads that tasks run on", move || number(workers.num_workers()));
    gauge("marquee_runtime_tasks", "Tasks that have not ended", move || number(tasks.num_alive_tasks()));
    gauge("marquee_runtime_queue_depth", "Tasks that wait in the queue of all threads", move || {
        number(queue.global_queue_depth())
    });
    meter()
        .f64_observable_counter("marquee_runtime_busy_seconds_total")
        .with_description("How long the threads have been at work, together")
        .with_callback(move |observer| {
            let all =
                (0..busy.num_workers()).map(|worker| busy.worker_total_busy_duration(worker).as_secs_f64());
            observer.observe(all.sum(), &[] as &[KeyValue]);
        })
        .build();
}
