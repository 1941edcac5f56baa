//! The doctor: looks, advises, changes nothing.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;

use common::Place;

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
        .with("MARQUEE__GATEWAY__MAX_BODY_BYTES", "1");
    let done = place.run(&["doctor"]);
    assert_eq!(done.code, Some(1));
    assert!(done.out.contains("refresh_days") && done.out.contains("max_body_bytes"), "{}", done.out);
    let unreadable = Place::new().with("MARQUEE__NONSENSE", "1").run(&["doctor"]);
    assert_eq!(unreadable.code, Some(1));
    assert!(unreadable.out.contains("nonsense"), "{}", unreadable.out);
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
