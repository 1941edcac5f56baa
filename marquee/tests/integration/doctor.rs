//! The doctor: looks, advises, changes nothing.

use std::fs;

use servers::{Consul, Postgres, Redis};

use crate::common::Place;

#[test]
fn on_a_fresh_machine_nothing_is_wrong_and_nothing_is_made() {
    let place = Place::new();
    let out = place.run(&["doctor"]).good();
    for subject in
        ["configuration", "data folder", "shared secret", "user database", "order database", "clock", "port"]
    {
        assert!(out.contains(subject), "{subject} is missing in {out}");
    }
    assert!(!place.data().exists());
}

#[test]
fn a_check_finds_nothing_where_nothing_was_sold() {
    let place = Place::new();
    let out = place.run(&["doctor", "--check"]).good();
    assert!(out.contains("nothing was sold"), "{out}");
}

#[test]
fn every_setting_that_cannot_work_is_named() {
    let place = Place::new()
        .with("MARQUEE__USER__TOKENS__REFRESH_DAYS", "0")
        .with("MARQUEE__GATEWAY__MAX_BODY_BYTES", "1")
        .with("MARQUEE__TRACES__RATE", "2")
        .with("MARQUEE__METRICS__EVERY_MS", "10")
        .with("MARQUEE__LOG__OTLP__ADDRESS", "nonsense");
    let done = place.run(&["doctor"]);
    assert_eq!(done.code, Some(1));
    for key in ["refresh_days", "max_body_bytes", "traces.rate", "metrics.every_ms", "log.otlp.address"] {
        assert!(done.out.contains(key), "{key} is missing in {}", done.out);
    }
    let place = Place::new().with("MARQUEE__TRACES__SKYWALKING__ADDRESS", "nonsense");
    let done = place.run(&["doctor"]);
    assert!(done.code == Some(1) && done.out.contains("traces.skywalking"), "{}", done.out);
    let unreadable = Place::new().with("MARQUEE__NONSENSE", "1").run(&["doctor"]);
    assert_eq!(unreadable.code, Some(1));
    assert!(unreadable.out.contains("nonsense"), "{}", unreadable.out);
}

#[test]
fn what_a_setting_may_be_is_told_in_plain_words() {
    for (key, value, told) in [
        ("LOG__FORMAT", "xml", "\"xml\" is not one of: text, json for key `log.format`"),
        ("ORDER__GATE__KIND", "memcached", "\"memcached\" is not one of: embedded, redis"),
        ("TRACES__RATE", "half", "expected a number for key `traces.rate`"),
        ("LOG__REQUESTS", "perhaps", "expected true or false for key `log.requests`"),
    ] {
        let variable = format!("MARQUEE__{key}");
        let done = Place::new().with(&variable, value).run(&["doctor"]);
        assert_eq!(done.code, Some(1));
        let place = format!("(in the variable {variable})");
        assert!(done.out.contains(told) && done.out.contains(&place), "{}", done.out);
    }
}

#[test]
fn receivers_and_the_admin_port_are_looked_for() {
    let receiver = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = receiver.local_addr().unwrap().to_string();
    let place = || {
        Place::new()
            .with("MARQUEE__TRACES__OTLP__ADDRESS", &format!("http://{address}"))
            .with("MARQUEE__ADMIN__LISTEN", &address)
    };
    let done = place().run(&["doctor"]).good();
    assert!(done.contains(&format!("of traces: {address} takes connections")), "{done}");
    // Nobody can listen there, and what does says nothing: sales go on all the same.
    assert!(done.contains(&format!("look  admin port      what listens on {address}")), "{done}");
    drop(receiver);
    let done = place().run(&["doctor"]).good();
    assert!(
        done.contains(&format!("look  receiver        of traces: {address} takes no connection")),
        "{done}"
    );
    assert!(done.contains(&format!("ok    admin port      {address} is free")), "{done}");
    let done = Place::new().with("MARQUEE__ADMIN__LISTEN", "9100").run(&["doctor"]);
    assert!(done.code == Some(1) && done.out.contains("admin.listen: \"9100\" must be like"), "{}", done.out);
    let refused = Place::new().with("MARQUEE__ADMIN__LISTEN", "9100").run(&["serve"]).bad();
    assert!(refused.contains("admin.listen"), "{refused}");
}

#[test]
fn a_log_filter_that_cannot_work_is_one_finding_of_many() {
    let done = Place::new().with("MARQUEE__LOG__FILTER", "info,=,=").run(&["doctor"]);
    assert_eq!(done.code, Some(1));
    assert!(done.out.contains("log.filter") && done.out.contains("order database"), "{}", done.out);
}

#[test]
fn a_file_that_is_no_database_is_found() {
    let place = Place::new();
    fs::create_dir(place.data()).unwrap();
    fs::write(
        place.data().join("order.db"),
        "this is no database, but long enough to be looked at".repeat(50),
    )
    .unwrap();
    let done = place.run(&["doctor"]);
    assert_eq!(done.code, Some(1));
    assert!(done.out.contains("order.db does not open"), "{}", done.out);
    assert!(done.out.contains("not a database"), "{}", done.out);
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_found() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.run_with_input(&["admin", "create", "annlee"], "correct horse battery\n").good();
    place.run(&["doctor"]).good();
    let secret = place.data().join("secret");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let done = place.run(&["doctor"]);
    assert_eq!(done.code, Some(1));
    assert!(done.out.contains("chmod 600"), "{}", done.out);
}

#[test]
fn what_is_set_is_told_without_secrets() {
    let secret = "not-for-everybody-to-read";
    let place = Place::new()
        .with("MARQUEE__SECRET", secret)
        .with("MARQUEE__FILM__DATABASE__URL", "postgres://marquee:pass-of-film@127.0.0.1:1/films");
    place.write("config.yaml", "order:\n  hold_ms: 300000\n  max_open_orders: 10\n");
    let out = place.run(&["doctor"]).out;
    for told in ["config.yaml and the environment", "order.hold_ms = 300000", "secret = (hidden)"] {
        assert!(out.contains(told), "{told} is missing in {out}");
    }
    assert!(out.contains("postgres://marquee:(hidden)@127.0.0.1:1/films"), "{out}");
    assert!(!out.contains("max_open_orders"), "that is the default: {out}");
    assert!(!out.contains(secret) && !out.contains("pass-of-film"), "{out}");
}

#[test]
fn programs_read_it_as_json() {
    let place = Place::new();
    let report: serde_json::Value = serde_json::from_str(&place.run(&["doctor", "--json"]).good()).unwrap();
    assert_eq!(report["well"], true);
    let findings = report["findings"].as_array().unwrap();
    let space = findings.iter().find(|finding| finding["subject"] == "disk space").unwrap();
    assert!(space["found"].as_str().unwrap().contains("MiB free"), "{space}");

    let done = Place::new().with("MARQUEE__NONSENSE", "1").run(&["doctor", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (done.code, &report["well"], &report["findings"][0]["state"]),
        (Some(1), &false.into(), &"bad".into())
    );
}

#[test]
fn the_servers_that_are_configured_are_looked_at() {
    let (postgres, mut redis, mut consul) = (Postgres::start(), Redis::start(), Consul::start());
    let place = Place::new()
        .with("MARQUEE__ORDER__DATABASE__URL", &postgres.url("postgres"))
        .with("MARQUEE__ORDER__GATE__KIND", "redis")
        .with("MARQUEE__ORDER__GATE__REDIS__URLS", &redis.url())
        .with("MARQUEE__REGISTRY__KIND", "consul")
        .with("MARQUEE__REGISTRY__ADDRESS", &consul.address(0));
    let out = place.run(&["doctor"]).good();
    let line = |subject: &str| {
        let found = out.lines().find(|line| line.starts_with(&format!("ok    {subject} ")));
        found.unwrap_or_else(|| panic!("{subject} is not well in {out}"))
    };
    assert!(line("order database").contains("PostgreSQL "), "{out}");
    for subject in ["order database", "redis", "consul"] {
        assert!(line(subject).contains(" ms, its clock is "), "{out}");
    }
    assert!(line("redis").contains("version ") && line("consul").contains("version "), "{out}");

    redis.stop();
    consul.stop(0);
    let done = place.run(&["doctor"]);
    assert_eq!(done.code, Some(1));
    for subject in ["BAD   redis", "BAD   consul"] {
        assert!(done.out.contains(subject), "{subject} is missing in {}", done.out);
    }
}

#[cfg(unix)]
#[test]
fn a_database_that_others_can_read_is_worth_a_look() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.run_with_input(&["admin", "create", "annlee"], "correct horse battery\n").good();
    let file = place.data().join("user.db");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let out = place.run(&["doctor"]).good();
    assert!(out.contains("look  database files") && out.contains("user.db"), "{out}");
}
