//! The server: ready, alone on its data, and gone in good order.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use common::Place;

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
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
        assert_eq!(ended.out, "", "one line on standard output is all");
        let files = fs::read_dir(place.data()).unwrap();
        let open = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let open: Vec<_> = open.filter(|name| name.ends_with("-wal")).collect();
        assert!(open.is_empty(), "not closed: {open:?}");
    }
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
    assert_eq!(server.wait().code, Some(130));
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
    assert!(again.before.contains("nothing was changed"), "{}", again.before);
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
    assert!(doctor.out.contains(&format!("something else uses {address}")), "{}", doctor.out);
    assert!(doctor.out.contains("MARQUEE__GATEWAY__LISTEN"), "{}", doctor.out);
}
