//! The server: ready, alone on its data, and gone in good order.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::common::Place;

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn post(address: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_says_when_it_is_ready_and_ends_in_good_order() {
    let place = Place::new();
    for signal in ["TERM", "INT"] {
        let server = place.serve(&[]);
        assert!(get(&server.address, "/healthz").starts_with("HTTP/1.1 200"));
        server.signal(signal);
        let ended = server.wait();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(
            ended.err.trim_end().ends_with("stopped"),
            "the last line says that it is over: {}",
            ended.err
        );
        assert_eq!(ended.out, "", "one line on standard output is all");
        let files = fs::read_dir(place.data()).unwrap();
        let open = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let open: Vec<_> = open.filter(|name| name.ends_with("-wal")).collect();
        assert!(open.is_empty(), "not closed: {open:?}");
    }
}

#[test]
fn attacks_leave_a_trace_without_what_was_typed() {
    let place = Place::new().with("MARQUEE__USER__ATTEMPTS__ACCOUNT_FREE", "2");
    place.run_with_input(&["admin", "create", "annlee"], "correct horse battery\n").good();
    let mut server = place.serve(&[]);
    let session = |login: &str, password: &str| {
        let body = format!(r#"{{"login": "{login}", "password": "{password}"}}"#);
        post(&server.address, "/v1/sessions", &body)
    };
    session("stranger", "hunter22");
    session("annlee", "hunter22");
    session("annlee", "hunter22");
    let [unknown, wrong, often] = [(); 3].map(|()| server.read_log_until("wrong password"));
    for line in [&unknown, &wrong, &often] {
        assert!(line.contains("client_address=\"127.0.0.1\"") && line.contains("trace_id="), "{line}");
        assert!(
            !line.contains("hunter22") && !line.contains("stranger") && !line.contains("annlee"),
            "{line}"
        );
    }
    assert!(!unknown.contains("user_id=") && wrong.contains("user_id="), "{unknown} {wrong}");
    assert!(often.contains("WARN") && often.contains("pause_ms=1000"), "{often}");
}

#[test]
fn reused_refresh_tokens_and_forged_access_tokens_are_logged() {
    let place = Place::new();
    let mut server = place.serve(&[]);
    let new = r#"{"user_name": "annlee", "password": "correct horse battery"}"#;
    let answer = post(&server.address, "/v1/users", new);
    let field =
        |name: &str| answer.split(&format!("\"{name}\":\"")).nth(1).unwrap().split('"').next().unwrap();
    let (access, refresh) = (field("access_token"), field("refresh_token"));
    let body = format!(r#"{{"refresh_token": "{refresh}"}}"#);
    let renewed = post(&server.address, "/user/UserService/Refresh", &body);
    let next = renewed.split("\"refresh_token\":\"").nth(1).unwrap().split('"').next().unwrap();
    // Somebody goes on, and somebody else has the first.
    post(&server.address, "/user/UserService/Refresh", &format!(r#"{{"refresh_token": "{next}"}}"#));
    post(&server.address, "/user/UserService/Refresh", &body);
    let line = server.read_log_until("refresh token reused");
    assert!(line.contains("WARN") && line.contains("user_id=") && !line.contains(refresh), "{line}");
    let (signed, signature) = access.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!(r#"{{"access_token": "{signed}.{first}{}"}}"#, &signature[1..]);
    post(&server.address, "/user/UserService/Authorize", &forged);
    let line = server.read_log_until("forged access tokens");
    assert!(line.contains("WARN") && !line.contains(signature), "{line}");
    assert!(line.contains("client_address=\"127.0.0.1\"") && line.contains("trace_id="), "{line}");
}

#[test]
fn what_it_writes_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let _server = place.serve(&[]);
    let mut databases = 0;
    for file in fs::read_dir(place.data()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
        databases += usize::from(file.path().extension().is_some_and(|ending| ending == "db"));
    }
    assert!(databases >= 3, "{databases} databases");
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let place = Place::new().with("MARQUEE__GATEWAY__RATE__PER_SECOND", "0");
    let mut server = place.serve(&[]);
    // Far more than a pipe holds: some 64 KB.
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut answer = [0; 4096];
    for _ in 0..1_000 {
        write!(stream, "GET /v1/cinemas/1 HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let read = stream.read(&mut answer).expect("an answer, though nobody reads the log");
        assert!(answer[..read].starts_with(b"HTTP/1.1 "), "{:?}", &answer[..read]);
    }
    drop(stream);
    assert!(get(&server.address, "/healthz").starts_with("HTTP/1.1 200"));
    server.signal("TERM");
    assert!(server.ends_within(Duration::from_secs(15)), "it must end, though nobody reads");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let place = Place::new();
    let mut server = place.serve(&[]);
    // A request that never becomes whole keeps the server draining.
    let mut stream = TcpStream::connect(&server.address).unwrap();
    write!(stream, "POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{{").unwrap();
    server.signal("TERM");
    server.read_log_until("stopping");
    server.signal("TERM");
    server.read_log_until("stopped at once");
    assert_eq!(server.wait().code, Some(143));
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let place = Place::new();
    let server = place.serve(&[]);
    let err = place.run(&["serve"]).bad();
    assert!(err.contains(&format!("process {}", server.id())) && err.contains("stop it first"), "{err}");
    drop(server);
    // The lock went with the process, however it ended.
    place.serve(&[]);
}

#[test]
fn operators_work_beside_it() {
    let place = Place::new();
    let server = place.serve(&[]);
    let file = place.write("films.json", r#"[{"Title": "Film", "Running Time min": 90}]"#);
    assert!(place.run(&["import", "films", file.to_str().unwrap()]).good().contains("1 new films"));
    place.run_with_input(&["admin", "create", "annlee"], "correct horse battery\n").good();
    let doctor = place.run(&["doctor"]).good();
    assert!(doctor.contains("a server is using it"), "{doctor}");
    server.signal("TERM");
    assert_eq!(server.wait().code, Some(0));
}

#[test]
fn the_demo_is_there_when_it_is_ready() {
    let place = Place::new();
    let server = place.serve(&["--demo"]);
    assert!(server.before.contains("The demo is set up"), "{}", server.before);
    drop(server);
    let again = place.serve(&["--demo"]);
    assert!(again.before.contains("no demo was set up"), "{}", again.before);
    assert!(!again.before.contains("popcorn"), "{}", again.before);
}

#[test]
fn the_demo_is_not_put_beside_accounts_wherever_the_data_is() {
    let place = Place::new();
    place.write("config.yaml", "data_dir: elsewhere\n");
    drop(place.serve(&[]));
    place.run_with_input(&["admin", "create", "chief"], "correct horse battery\n").good();
    let server = place.serve(&["--demo"]);
    assert!(server.before.contains("no demo was set up"), "{}", server.before);
    let login = r#"{"login": "admin", "password": "popcorn-and-cola"}"#;
    assert!(post(&server.address, "/v1/sessions", login).contains("CREDENTIALS_WRONG"));
    drop(server);
    let demo = place.run(&["demo", "--if-new"]).good();
    assert!(demo.contains("no demo was set up"), "{demo}");
    // Who asks for it gets it.
    assert!(place.run(&["demo"]).good().contains("The demo is set up"));
}

#[test]
fn public_logins_are_warned_of_where_others_can_reach_them() {
    let place = Place::new();
    place.run(&["demo"]).good();
    assert!(!place.run(&["doctor"]).good().contains("demo logins"));
    let open = place.with("MARQUEE__GATEWAY__LISTEN", "0.0.0.0:0");
    let doctor = open.run(&["doctor"]).good();
    assert!(doctor.contains("look  demo logins") && doctor.contains("admin"), "{doctor}");
    let mut server = open.serve(&[]);
    server.read_log_until("public password");
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::new().with("MARQUEE__GATEWAY__LISTEN", &address);
    let err = place.run(&["serve"]).bad();
    assert!(err.contains("the gateway did not start") && err.contains(&address), "{err}");
    let doctor = place.run(&["doctor"]);
    assert_eq!(doctor.code, Some(1));
    // It takes connections and answers nothing.
    assert!(doctor.out.contains(&format!("what listens on {address} does not answer")), "{}", doctor.out);
    assert!(doctor.out.contains("MARQUEE__GATEWAY__LISTEN"), "{}", doctor.out);
}
