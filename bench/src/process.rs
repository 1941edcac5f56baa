//! The executable by itself: how soon it is ready, and what it takes while it does nothing.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::machine::resident_kib;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the process is left alone before its memory is read.
const SETTLED: Duration = Duration::from_secs(3);
/// What the executable says when it answers requests.
const READY: &str = "ready at";

/// What was seen of a process.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// From its start until it answered requests.
    pub ready_after: Duration,
    /// Its resident memory when idle, KiB, where the system tells.
    pub resident_kib: Option<u64>,
}

/// Starts the whole system from the executable on a data folder, looks at it, and ends it.
///
/// # Errors
/// An executable that does not start.
pub async fn look(executable: &Path, data_dir: &Path) -> anyhow::Result<Seen> {
    let began = Instant::now();
    let mut process = start(executable, data_dir)?;
    timeout(PATIENCE, ready(&mut process)).await.context("it did not become ready in time")??;
    let ready_after = began.elapsed();
    sleep(SETTLED).await;
    let resident_kib = process.id().and_then(resident_kib);
    process.kill().await?;
    Ok(Seen { ready_after, resident_kib })
}

fn start(executable: &Path, data_dir: &Path) -> anyhow::Result<Child> {
    Command::new(executable)
        .arg("serve")
        // No configuration that happens to lie where this runs.
        .current_dir(data_dir)
        .env("MARQUEE__DATA_DIR", data_dir)
        .env("MARQUEE__GATEWAY__LISTEN", "127.0.0.1:0")
        .env("MARQUEE__ADMIN__LISTEN", "")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", executable.display()))
}

async fn ready(process: &mut Child) -> anyhow::Result<()> {
    let output = process.stdout.take().context("it has no output")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        if line.contains(READY) {
            return Ok(());
        }
    }
    bail!("it ended without being ready")
}
