//! A process that does not outlive the test.

use std::fs::File;
use std::io::Read;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// Runs its arguments and ends them when its standard input closes, which the
/// system does when the test process ends, however it ends. `$0` is the signal.
const WATCH: &str = r#"exec 3<&0; "$@" </dev/null 3<&- & child=$!; cat <&3 >/dev/null & reader=$!
wait -n; kill -"$0" $child 2>/dev/null; kill $reader 2>/dev/null; wait $child"#;

/// A running server.
pub struct Guarded {
    child: Child,
    name: String,
}

impl Guarded {
    /// Starts a server, its output in a file. `signal` asks it to stop.
    pub fn start(name: &str, signal: &str, command: &[String], log: &Path) -> Self {
        let output = File::create(log).expect("the log file can be made");
        let errors = output.try_clone().expect("a file can be shared");
        let child = Command::new("bash")
            .args(["-c", WATCH, signal])
            .args(command)
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .expect("bash runs");
        Self { child, name: name.to_owned() }
    }

    /// Sends the server a signal, `STOP` for example.
    pub fn signal(&self, signal: &str) {
        let parent = self.child.id().to_string();
        // The shell's other child watches for the end of the test; it does nothing else.
        let sent = Command::new("pkill").args([&format!("-{signal}"), "-P", &parent]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{} cannot be sent {signal}", self.name);
    }

    /// Waits until something listens on the port.
    pub fn wait_for_port(&mut self, port: u16, log: &Path) {
        self.wait_until(log, || TcpStream::connect(("127.0.0.1", port)).is_ok());
    }

    /// Waits until it is ready, or says what its log says.
    pub fn wait_until(&mut self, log: &Path, mut ready: impl FnMut() -> bool) {
        let began = Instant::now();
        while !ready() {
            let ended: Option<ExitStatus> = self.child.try_wait().expect("the child can be asked");
            if ended.is_some() || began.elapsed() > PATIENCE {
                let mut text = String::new();
                File::open(log).and_then(|mut log| log.read_to_string(&mut text)).ok();
                panic!("{} did not start: {text}", self.name);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let began = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if began.elapsed() > PATIENCE {
                self.child.kill().ok();
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
