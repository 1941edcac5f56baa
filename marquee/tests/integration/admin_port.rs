//! The port on which a process tells of itself.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::common::{Place, Server};

/// A place whose servers have an admin port.
fn place() -> Place {
    Place::new().with("MARQUEE__ADMIN__LISTEN", "127.0.0.1:0")
}

/// Where the admin port of a server is, as its log says.
fn admin(server: &mut Server) -> String {
    let line = server.read_log_until("the admin port is open");
    line.rsplit_once("address=").unwrap().1.trim().to_owned()
}

/// Status and body; nothing where nobody answers.
fn get(address: &str, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

#[test]
fn a_process_tells_how_it_is_until_it_has_ended() {
    let place = place();
    let mut server = place.serve(&[]);
    let address = admin(&mut server);
    assert_eq!(get(&address, "/livez").unwrap().0, 200);
    let (status, report) = get(&address, "/readyz").unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!((status, report["status"].as_str()), (200, Some("ready")), "{report}");
    for dependency in ["database order", "database film", "database user", "service order"] {
        assert_eq!(report["dependencies"][dependency]["state"], "up", "{report}");
    }
    let (status, metrics) = get(&address, "/metrics").unwrap();
    assert_eq!(status, 200);
    assert!(metrics.contains("marquee_build_info{parts=\"all\""), "{metrics}");
    assert_eq!(get(&address, "/elsewhere").unwrap().0, 404);

    server.signal("TERM");
    // It may still say that it is ready for the moment until the signal has come.
    let stopping = std::iter::from_fn(|| get(&address, "/readyz")).find(|(status, _)| *status == 503);
    assert!(stopping.is_some_and(|(_, report)| report.contains("\"stopping\"")));
    assert_eq!(server.wait().code, Some(0));
}

#[test]
fn who_forgets_to_close_connections_keeps_nobody_out() {
    let place = place();
    let mut server = place.serve(&[]);
    let address = admin(&mut server);
    // More than there are places for: some had an answer, some began to ask.
    let forgotten: Vec<_> = (0..300)
        .map(|number| {
            let mut stream = TcpStream::connect(&address).unwrap();
            let end = if number % 2 == 0 { "\r\n" } else { "" };
            write!(stream, "GET /livez HTTP/1.1\r\nhost: {address}\r\n{end}").unwrap();
            stream
        })
        .collect();
    let began = Instant::now();
    assert_eq!(get(&address, "/livez").unwrap().0, 200);
    // A probe of an orchestrator is patient for some tries of that length.
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    drop(forgotten);
}

#[test]
fn a_port_that_is_taken_costs_the_metrics_and_nothing_else() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::new().with("MARQUEE__ADMIN__LISTEN", &address);
    let mut server = place.serve(&[]);
    assert!(server.read_log_until("admin port").contains("cannot be opened"));
    assert_eq!(get(&server.address, "/readyz").unwrap().0, 200);
}

#[test]
fn lines_of_a_log_that_nobody_reads_are_counted() {
    let place = place().with("MARQUEE__GATEWAY__RATE__PER_SECOND", "0").with("MARQUEE__LOG__FILTER", "trace");
    let mut server = place.serve(&[]);
    // From here on nobody reads.
    let admin = admin(&mut server);
    let lost = || {
        let (_, metrics) = get(&admin, "/metrics").unwrap();
        let line = metrics.lines().find(|line| line.starts_with("marquee_telemetry_lost_total{signal=\"log"));
        line.map_or(0.0, |line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap())
    };
    let began = Instant::now();
    while lost() == 0.0 {
        assert!(began.elapsed() < Duration::from_secs(60), "lines must be lost at some time");
        for _ in 0..200 {
            assert_eq!(get(&server.address, "/v1/cinemas").unwrap().0, 200);
        }
    }
}
