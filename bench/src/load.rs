//! Closed loops: each worker has one call under way, and makes the next when it is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use hdrhistogram::Histogram;
use tokio::sync::Barrier;
use tokio::time::Instant;

use crate::machine;

/// Digits of a latency that are kept: 1 percent is finer than two runs agree.
const DIGITS: u8 = 2;
/// Part of a slice that runs before it counts, as a divisor.
const WARM_UP: u32 = 10;

/// Somebody who makes calls.
pub trait Worker: Send + 'static {
    /// Makes one call and checks its answer.
    ///
    /// # Errors
    /// Any answer but the one expected.
    fn call(&mut self) -> impl Future<Output = Result<(), CallFailed>> + Send;
}

/// An answer that was not the one expected.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CallFailed(pub String);

/// What a load came to.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Calls answered while it counted.
    pub count: u64,
    /// How long it counted.
    pub time: Duration,
    /// How long calls took, microseconds.
    pub latency: Histogram<u64>,
    /// Processor time of the whole process, from the first call to the last, the warm-up included.
    pub cpu: Duration,
    /// All calls, those that do not count included.
    pub calls: u64,
}

impl Sample {
    /// Nothing yet.
    ///
    /// # Errors
    /// None that can happen: the number of digits is a constant the histogram takes.
    pub fn empty() -> anyhow::Result<Self> {
        Ok(Self {
            count: 0,
            time: Duration::ZERO,
            latency: Histogram::new(DIGITS)?,
            cpu: Duration::ZERO,
            calls: 0,
        })
    }

    /// Both together.
    ///
    /// # Errors
    /// None that can happen: the histograms grow as they must.
    pub fn add(&mut self, other: &Self) -> anyhow::Result<()> {
        self.count += other.count;
        self.time += other.time;
        self.latency.add(&other.latency)?;
        self.cpu += other.cpu;
        self.calls += other.calls;
        Ok(())
    }

    /// Processor time of one call in microseconds, the caller's part included, where the system tells.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn cpu_per_call(&self) -> Option<f64> {
        (self.calls > 0 && !self.cpu.is_zero()).then(|| self.cpu.as_micros() as f64 / self.calls as f64)
    }

    /// Calls a second.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn per_second(&self) -> f64 {
        if self.time.is_zero() { 0.0 } else { self.count as f64 / self.time.as_secs_f64() }
    }
}

/// Has all workers call for a warm-up and then for `time`, which counts; gives them back.
///
/// Every call that was begun is waited for, also those that end too late to count.
///
/// # Errors
/// The first call that failed; the others stop then.
pub async fn drive<W: Worker>(workers: Vec<W>, time: Duration) -> anyhow::Result<(Sample, Vec<W>)> {
    let failed = Arc::new(AtomicBool::new(false));
    let ready = Arc::new(Barrier::new(workers.len()));
    let cpu = machine::cpu_time();
    let loops: Vec<_> = workers
        .into_iter()
        .map(|worker| tokio::spawn(work(worker, time, ready.clone(), failed.clone())))
        .collect();
    let mut sample = Sample { time, ..Sample::empty()? };
    let mut back = Vec::with_capacity(loops.len());
    let mut failures = Vec::new();
    for one in loops {
        match one.await.context("a worker ended badly")?? {
            Ok((worker, latency, calls)) => {
                sample.latency.add(&latency)?;
                sample.calls += calls;
                back.push(worker);
            }
            Err(failure) => failures.push(failure),
        }
    }
    sample.count = sample.latency.len();
    sample.cpu = machine::cpu_time().zip(cpu).map(|(after, before)| after - before).unwrap_or_default();
    match failures.first() {
        None => Ok((sample, back)),
        Some(first) => anyhow::bail!("{} calls failed; one of them: {first}", failures.len()),
    }
}

type Worked<W> = Result<(W, Histogram<u64>, u64), CallFailed>;

async fn work<W: Worker>(
    mut worker: W,
    time: Duration,
    ready: Arc<Barrier>,
    failed: Arc<AtomicBool>,
) -> anyhow::Result<Worked<W>> {
    let (mut latency, mut calls) = (Histogram::new(DIGITS)?, 0);
    ready.wait().await;
    let from = Instant::now() + time / WARM_UP;
    let until = from + time;
    let mut began = Instant::now();
    while began < until && !failed.load(Ordering::Relaxed) {
        if let Err(failure) = worker.call().await {
            failed.store(true, Ordering::Relaxed);
            return Ok(Err(failure));
        }
        let ended = Instant::now();
        calls += 1;
        if ended >= from && ended < until {
            latency.record(u64::try_from((ended - began).as_micros())?)?;
        }
        began = ended;
    }
    Ok(Ok((worker, latency, calls)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct FailsAt(u32);

    impl Worker for FailsAt {
        async fn call(&mut self) -> Result<(), CallFailed> {
            tokio::task::yield_now().await;
            self.0 -= 1;
            if self.0 == 0 { Err(CallFailed("broken".to_owned())) } else { Ok(()) }
        }
    }

    #[tokio::test]
    async fn one_failed_call_fails_the_load() {
        let workers = vec![FailsAt(u32::MAX), FailsAt(5)];
        let error = drive(workers, Duration::from_secs(60)).await.unwrap_err();
        assert!(error.to_string().contains("1 calls failed; one of them: broken"), "{error}");
    }

    #[tokio::test]
    async fn calls_are_counted_with_their_latency() {
        let (sample, workers) = drive(vec![FailsAt(u32::MAX)], Duration::from_millis(20)).await.unwrap();
        let made = u32::MAX - workers[0].0;
        assert!(sample.count > 0 && sample.count <= u64::from(made));
        assert_eq!(sample.count, sample.latency.len());
    }
}
