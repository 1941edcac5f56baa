//! Prometheus.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::guarded::Guarded;
use crate::ports::free_port;
use crate::program;

/// A private Prometheus that scrapes every second.
pub struct Prometheus {
    // Dropped in this order.
    _running: Guarded,
    _folder: TempDir,
    port: u16,
}

impl Prometheus {
    /// Starts one that scrapes these addresses as job `marquee`, and evaluates these rules.
    ///
    /// # Panics
    /// Where Prometheus is not installed or does not start.
    #[must_use]
    pub fn start(targets: &[SocketAddr], rules: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let targets: Vec<_> = targets.iter().map(|target| format!("\"{target}\"")).collect();
        let config = format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [\"{}\"]\n\
             scrape_configs:\n  - {{job_name: marquee, static_configs: [{{targets: [{}]}}]}}\n",
            rules.display(),
            targets.join(", ")
        );
        let file = folder.path().join("prometheus.yml");
        fs::write(&file, config).expect("the configuration can be written");
        let log = folder.path().join("log");
        let command = [
            program::find("prometheus", &[]).display().to_string(),
            format!("--config.file={}", file.display()),
            format!("--storage.tsdb.path={}", folder.path().join("data").display()),
            format!("--web.listen-address=127.0.0.1:{port}"),
        ];
        let mut running = Guarded::start("Prometheus", "KILL", &command, &log);
        running.wait_for_port(port, &log);
        Self { _running: running, _folder: folder, port }
    }

    /// Where its HTTP interface is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }
}

/// Runs Prometheus's checking tool.
///
/// # Panics
/// Where it is not installed.
#[must_use]
pub fn promtool(arguments: &[&str], folder: &Path) -> Output {
    let tool = program::find("promtool", &[]);
    Command::new(tool).args(arguments).current_dir(folder).output().expect("promtool can be run")
}
