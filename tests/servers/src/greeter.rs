//! A service in Python that knows nothing of this system.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// `tests/tools/greeter.py`: `greet.Greeter` on grpcio, with reflection, registered in
/// Consul as go-micro does it. Ends, and leaves the registry, with this value.
pub struct Greeter {
    child: Child,
    input: Option<ChildStdin>,
}

impl Greeter {
    /// Starts it with options of the script, and registers it at a Consul.
    ///
    /// # Panics
    /// Where Python or its packages cannot be had, or it does not start.
    #[must_use]
    pub fn start(consul: &str, options: &[&str]) -> Self {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tools");
        let found = Command::new("bash").arg(tools.join("python.sh")).output().expect("bash runs");
        assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
        let python = String::from_utf8(found.stdout).expect("a path");
        let mut child = Command::new(python.trim())
            .arg(tools.join("greeter.py"))
            .arg(consul)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python runs");
        let mut line = String::new();
        let output = child.stdout.take().expect("it is piped");
        BufReader::new(output).read_line(&mut line).expect("it says something");
        assert!(line.starts_with("ready"), "{line}");
        Self { input: child.stdin.take(), child }
    }

    /// Ends it in the middle of everything; the registry believes in it until its check runs out.
    ///
    /// # Panics
    /// Where that cannot be done.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Lets it leave the registry and end by itself.
    ///
    /// # Panics
    /// Where that cannot be waited for.
    pub fn stop(mut self) {
        drop(self.input.take());
        self.child.wait().expect("it ends");
    }
}

impl Drop for Greeter {
    fn drop(&mut self) {
        drop(self.input.take());
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
