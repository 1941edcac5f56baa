//! The real executable in a folder of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use marquee::Clients;
use marquee::config::Config;
use marquee::operator::Operator;
use tempfile::TempDir;

/// A folder to run commands in; the data folder is `data` in it.
pub struct Place {
    dir: TempDir,
    variables: Vec<(String, String)>,
}

/// What a command did.
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Self {
        let place = Self { dir: tempfile::tempdir().unwrap(), variables: Vec::new() };
        // Cheap hashes: what is tested here is not Argon2.
        place
            .with("MARQUEE__USER__PASSWORDS__MEMORY_KIB", "8")
            .with("MARQUEE__USER__PASSWORDS__ITERATIONS", "1")
            .with("MARQUEE__GATEWAY__LISTEN", "127.0.0.1:0")
            .with("MARQUEE__ADMIN__LISTEN", "")
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_marquee"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MARQUEE")) {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Done {
        done(self.command(arguments).output().unwrap())
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Done {
        let mut command = self.command(arguments);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        done(child.wait_with_output().unwrap())
    }

    /// Starts the server and reads until it is ready.
    pub fn serve(&self, arguments: &[&str]) -> Server {
        let mut command = self.command(&[&["serve"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let server =
            Server { address: String::new(), before: String::new(), child: Some(child), out, log: None };
        server.ready()
    }

    /// The services on this place's data, in the test's own process.
    pub async fn look<T>(&self, look: impl AsyncFnOnce(Clients) -> T) -> T {
        let config = Config { data_dir: self.data(), ..Config::default() };
        let operator = Operator::new(&config).unwrap();
        let operator = operator.with_users().await.unwrap().with_films().await.unwrap();
        let seen = look(operator.clients()).await;
        operator.close().await;
        seen
    }
}

fn done(output: Output) -> Done {
    Done {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Done {
    /// That it went well; gives back what it said.
    #[track_caller]
    pub fn good(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }

    /// That it failed as commands do, without a panic; gives back what it said.
    #[track_caller]
    pub fn bad(self) -> String {
        assert_eq!(self.code, Some(1), "{}{}", self.out, self.err);
        assert!(self.err.starts_with("marquee: "), "{}", self.err);
        assert!(!self.err.contains("panicked") && !self.err.contains("backtrace"), "{}", self.err);
        self.err
    }
}

/// A server that is ready; killed when dropped.
pub struct Server {
    pub address: String,
    /// What it said before it was ready.
    pub before: String,
    child: Option<Child>,
    out: BufReader<ChildStdout>,
    /// Once it was read from.
    log: Option<BufReader<ChildStderr>>,
}

impl Server {
    fn ready(mut self) -> Self {
        let mut line = String::new();
        while self.out.read_line(&mut line).unwrap() > 0 {
            if let Some(address) = line.trim().strip_prefix("marquee is ready at http://") {
                address.clone_into(&mut self.address);
                return self;
            }
            self.before.push_str(&line);
            line.clear();
        }
        let before = self.before.clone();
        let ended = self.wait();
        panic!("the server ended with {:?}: {before}{}", ended.code, ended.err);
    }

    pub fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Reads the log up to a line with this word, which it gives back; what was read is gone.
    pub fn read_log_until(&mut self, word: &str) -> String {
        let stderr = &mut self.child.as_mut().unwrap().stderr;
        let log = self.log.get_or_insert_with(|| BufReader::new(stderr.take().unwrap()));
        let line = log.lines().map(Result::unwrap).find(|line| line.contains(word));
        line.unwrap_or_else(|| panic!("{word:?} is not in the log"))
    }

    /// Whether it ends by itself in this time, while nobody reads what it says.
    pub fn ends_within(&mut self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let child = self.child.as_mut().unwrap();
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    /// Waits for its end; gives back what it did after it was ready.
    pub fn wait(mut self) -> Done {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let mut done = done(self.child.take().unwrap().wait_with_output().unwrap());
        done.out = rest;
        done
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The real film records, from beside the project.
pub fn movies() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/movies.json");
    let path = std::env::var_os("MARQUEE_TEST_MOVIES").map_or(beside, PathBuf::from);
    assert!(
        path.is_file(),
        "{} is missing; it is the movies.json of vega-datasets: put it there, or name it in MARQUEE_TEST_MOVIES",
        path.display()
    );
    path
}
