//! The server's process: started, watched, killed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::{Part, Settings, binary};

/// How long a start may take: the demo plans hundreds of screenings, on a machine that does other work too.
const START_PATIENCE: Duration = Duration::from_secs(90);
/// How long the process may take to end once told to.
const STOP_PATIENCE: Duration = Duration::from_secs(20);
/// What a process says when it answers requests, before its address.
const READY: &str = " is ready at ";
/// Lines of the log shown when a start fails.
const SHOWN_LINES: usize = 30;

/// A running server.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// What it printed before it was ready.
    pub said: Vec<String>,
}

/// A command of the executable, on the data in `folder` and with nothing else of our environment's settings.
#[must_use]
pub fn command(folder: &Path, settings: &Settings) -> Command {
    let mut command = Command::new(binary::marquee());
    let ours = |name: &OsString| name.to_string_lossy().starts_with("MARQUEE");
    for (name, _) in std::env::vars_os().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command
        .envs(settings.variables().iter().cloned())
        .env("MARQUEE__DATA_DIR", folder.join("data"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Where the log of all starts on `folder` is.
#[must_use]
pub fn log_file(folder: &Path) -> PathBuf {
    folder.join("server.log")
}

impl Server {
    /// Starts a server on the data in `folder` and waits until it answers: one part, or everything.
    ///
    /// # Errors
    /// Why it did not start, with the end of its log.
    pub async fn start(folder: &Path, settings: &Settings, part: Part) -> anyhow::Result<Self> {
        let log = File::options().create(true).append(true).open(log_file(folder))?;
        let mut command = command(folder, settings);
        command.args(["serve", part.role]).args(settings.arguments()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().context("the server's process cannot be started")?;
        let output = child.stdout.take().context("the server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let mut said = Vec::new();
        let ready = tokio::time::timeout(START_PATIENCE, ready(&mut lines, &mut said)).await;
        let address = match ready {
            Ok(Ok(Some(address))) => address,
            Ok(Ok(None)) => bail!("the server ended at its start:\n{}", end_of_log(folder)),
            Ok(Err(error)) => return Err(error),
            Err(_) => bail!("the server was not ready in {START_PATIENCE:?}:\n{}", end_of_log(folder)),
        };
        // What it says later is read, so that it never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, address, said })
    }

    /// Ends the process at once, as a loss of power would.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a process of ours can be killed");
    }

    /// Asks the process to stop, as an operator does, and gives back whether it ended well.
    pub async fn stop(mut self) -> bool {
        let pid = self.child.id().expect("the server is running");
        let asked = Command::new("kill").arg("-TERM").arg(pid.to_string()).status().await;
        assert!(asked.is_ok_and(|status| status.success()), "the server cannot be asked to stop");
        let ended = tokio::time::timeout(STOP_PATIENCE, self.child.wait()).await;
        ended.expect("the server stops in time").is_ok_and(|status| status.success())
    }

    /// Whether the process is still there.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

/// Reads what the server says until it says where it listens; nothing where it ends before.
async fn ready(
    lines: &mut Lines<BufReader<ChildStdout>>,
    said: &mut Vec<String>,
) -> anyhow::Result<Option<SocketAddr>> {
    while let Some(line) = lines.next_line().await? {
        if let Some((_, address)) = line.split_once(READY) {
            return Ok(Some(
                address.trim().trim_start_matches("http://").parse().context("the server's address")?,
            ));
        }
        said.push(line);
    }
    Ok(None)
}

fn end_of_log(folder: &Path) -> String {
    let log = fs::read_to_string(log_file(folder)).unwrap_or_default();
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
}
