//! Chromium, driven from outside: its build without a window, which needs a third of the time.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

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
        let shell = program::find("chromium-headless-shell", &[]);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let chromium = with_a_tab(&shell, folder.path());
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
    pub fn chromium(&self) -> &Path {
        &self.chromium
    }

    /// Where a browser keeps what it knows; the same name is the same browser.
    #[must_use]
    pub fn profile(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A program that starts the browser with a tab: this build has none unless told, and a driver
/// that finds none gives up.
fn with_a_tab(shell: &Path, folder: &Path) -> PathBuf {
    let program = folder.join("chromium");
    let script = format!("#!/bin/sh\nexec '{}' \"$@\" about:blank\n", shell.display());
    fs::write(&program, script).expect("the folder can be written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("the file is ours");
    program
}
