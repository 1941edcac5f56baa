//! Chromium, driven from outside.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::guarded::Guarded;
use crate::ports::free_port;
use crate::program;

/// A private chromedriver, and a folder for the browsers it starts.
pub struct Chromedriver {
    // Dropped in this order: its browsers end with it, and write into the folder until then.
    _running: Guarded,
    folder: TempDir,
    port: u16,
    chromium: PathBuf,
}

impl Chromedriver {
    /// Starts one.
    ///
    /// # Panics
    /// Where chromedriver or Chromium is not installed, or the former does not start.
    #[must_use]
    pub fn start() -> Self {
        let driver = program::find("chromedriver", &[]);
        let chromium = program::find("chromium", &[]);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let log = folder.path().join("log");
        let command = [driver.display().to_string(), format!("--port={port}")];
        let mut running = Guarded::start("chromedriver", "TERM", &command, &log);
        running.wait_for_port(port, &log);
        Self { _running: running, folder, port, chromium }
    }

    /// Its port on 127.0.0.1, where it speaks WebDriver.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The browser to start.
    #[must_use]
    pub fn chromium(&self) -> &std::path::Path {
        &self.chromium
    }

    /// Where a browser keeps what it knows; the same name is the same browser.
    #[must_use]
    pub fn profile(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
