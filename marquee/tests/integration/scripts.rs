//! The scripts at the root, with the real executable, in a folder of their own.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::common::Place;

/// A place with the scripts and the executable where they look for it.
fn place() -> Place {
    let place = Place::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in ["bin", "deploy"] {
        fs::create_dir(place.path().join(folder)).unwrap();
    }
    let deploy = ["process.sh", "distributed.sh", "servers.sh", "distributed.yaml"];
    let deploy = deploy.map(|file| format!("deploy/{file}"));
    let scripts = ["start.sh", "stop.sh", "build.sh", "test.sh"].map(ToOwned::to_owned);
    for file in scripts.iter().chain(&deploy) {
        fs::copy(root.join(file), place.path().join(file)).unwrap();
    }
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_marquee"), place.path().join("bin/marquee")).unwrap();
    place
}

fn script(place: &Place, line: &str) -> Command {
    let words: Vec<_> = line.split(' ').collect();
    // The environment of the executable, and standard output of our own: a
    // server in the background must not keep a pipe open.
    let mut command = place.command(&[]);
    let variables: Vec<_> =
        command.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
    command = Command::new(place.path().join(words[0]));
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.args(&words[1..]).current_dir(place.path()).stdin(Stdio::null());
    command
}

fn run(place: &Place, line: &str) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = script(place, line).output().unwrap();
    (status.code(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

/// Stops what a test started, however the test ends.
struct Stopped<'a>(&'a Place);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        // There may be nothing to stop.
        let _ = script(self.0, "stop.sh").output();
    }
}

#[test]
fn of_two_starts_at_once_one_starts_and_the_other_says_so() {
    let place = place();
    let _stopped = Stopped(&place);
    let start =
        || script(&place, "start.sh --empty").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let both = [start(), start()].map(|child| child.wait_with_output().unwrap());
    let said = both.map(|output| {
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    });
    assert_eq!(said.iter().filter(|said| said.contains("is ready at")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|said| said.contains("is running already")).count(), 1, "{said:?}");
    let (code, said) = run(&place, "stop.sh");
    assert!(code == Some(0) && said.contains("has stopped"), "{said}");
}

#[test]
fn a_plain_start_puts_no_demo_beside_an_administrator() {
    let place = place();
    let _stopped = Stopped(&place);
    place.write("config.yaml", "data_dir: elsewhere\n");
    assert_eq!(run(&place, "start.sh --empty").0, Some(0));
    place.run_with_input(&["admin", "create", "chief"], "correct horse battery\n").good();
    run(&place, "stop.sh");
    let (code, said) = run(&place, "start.sh");
    assert!(code == Some(0) && said.contains("no demo was set up"), "{said}");
}

#[test]
fn logs_of_earlier_starts_are_kept() {
    let place = place();
    let _stopped = Stopped(&place);
    fs::create_dir(place.data()).unwrap();
    for number in 0..6 {
        fs::write(place.data().join("marquee.log"), format!("evidence {number}\n")).unwrap();
        // What is left over of a start that was killed is in nobody's way.
        fs::write(place.data().join("start.lock"), "999999999\n").unwrap();
        assert_eq!(run(&place, "start.sh --empty").0, Some(0));
        run(&place, "stop.sh");
    }
    for number in 1..=5 {
        let log = fs::read_to_string(place.data().join(format!("marquee.log.{number}"))).unwrap();
        assert_eq!(log, format!("evidence {}\n", 6 - number));
    }
    assert!(!place.data().join("marquee.log.6").exists());
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named_with_advice() {
    let place = place();
    let file = place.write("file", "");
    let output = script(&place, "start.sh").env("MARQUEE__DATA_DIR", file.join("data")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot write") && said.contains("MARQUEE__DATA_DIR"), "{said}");
}

#[test]
fn unknown_words_are_refused() {
    let place = place();
    for name in ["start.sh", "stop.sh", "build.sh", "test.sh", "deploy/distributed.sh"] {
        let (code, said) = run(&place, &format!("{name} --nonsense"));
        assert!(code == Some(2) && said.contains("--nonsense is not known"), "{name}: {said}");
        let (code, said) = run(&place, &format!("{name} --help"));
        assert!(code == Some(0) && said.contains("Usage"), "{name}: {said}");
    }
}

#[test]
fn a_distributed_start_that_fails_says_why_and_leaves_nothing() {
    let place = place();
    let nobody = format!("postgres://marquee@127.0.0.1:{}/users", servers::free_port());
    let mut start = script(&place, "start.sh --empty --distributed");
    let output = start.env("MARQUEE__USER__DATABASE__URL", nobody).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("user-1 did not start") && said.contains("refused"), "{said}");
    let left = fs::read_dir(place.path().join("run")).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name != "user-1.log" && name != "data").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_process_that_only_has_an_old_id_is_not_stopped() {
    let place = place();
    let mut other = Command::new("sleep").arg("60").spawn().unwrap();
    fs::create_dir(place.path().join("run")).unwrap();
    for name in ["user-1", "redis"] {
        fs::write(place.path().join(format!("run/{name}.pid")), format!("{}\n", other.id())).unwrap();
    }
    let (code, said) = run(&place, "stop.sh");
    assert_eq!(code, Some(0), "{said}");
    assert!(other.try_wait().unwrap().is_none(), "it was ended");
    assert!(!place.path().join("run/user-1.pid").exists() && !place.path().join("run/redis.pid").exists());
    other.kill().unwrap();
    other.wait().unwrap();
}
