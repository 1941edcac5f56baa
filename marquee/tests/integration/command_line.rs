//! What a person at the command line meets: help, and errors that say what to do.

use crate::common::Place;

#[test]
fn help_names_every_command() {
    let out = Place::new().run(&["--help"]).good();
    for command in ["serve", "import", "demo", "admin", "doctor", "--config", "MARQUEE_CONFIG"] {
        assert!(out.contains(command), "{command} is missing in {out}");
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    for arguments in [&["frobnicate"][..], &["serve", "everything"], &["admin"], &[]] {
        let done = Place::new().run(arguments);
        assert_eq!(done.code, Some(2), "{arguments:?}");
        assert!(done.err.contains("Usage") || done.err.contains("--help"), "{}", done.err);
    }
}

#[test]
fn an_unknown_key_is_named_wherever_it_is() {
    let place = Place::new();
    place.write("config.yaml", "user:\n  tokens:\n    access_minuts: 5\n");
    let err = place.run(&["serve"]).bad();
    assert!(err.contains("access_minuts") && err.contains("user.tokens"), "{err}");
    assert!(err.contains("(in config.yaml, line 3)"), "{err}");
    let err = Place::new().with("MARQUEE__GATEWAY__LISTENN", "x").run(&["serve"]).bad();
    assert!(err.contains("listenn") && err.contains("gateway"), "{err}");
    assert!(err.contains("MARQUEE__GATEWAY__LISTENN"), "{err}");
}

#[test]
fn a_file_that_is_wrong_is_named_once() {
    let place = Place::new();
    for text in
        ["gateway: [\n", "gateway:\n  max_body_bytes: much\n", "data_dir: a\ndata_dir: b\n", "log: 5\n"]
    {
        let file = place.write("other.yaml", text);
        let err = place.run(&["serve", "--config", file.to_str().unwrap()]).bad();
        assert_eq!(err.matches("other.yaml").count(), 1, "{err}");
    }
}

#[test]
fn a_variable_that_sets_nothing_is_refused() {
    let err = Place::new().with("MARQUEE_GATEWAY__LISTEN", "x").run(&["serve"]).bad();
    assert!(
        err.contains("MARQUEE_GATEWAY__LISTEN") && err.contains("write MARQUEE__GATEWAY__LISTEN"),
        "{err}"
    );
}

#[test]
fn a_named_file_goes_before_the_usual_one() {
    let place = Place::new();
    place.write("config.yaml", "nonsense: 1\n");
    let other = place.write("other.yaml", "data_dir: elsewhere\n");
    let doctor = place.run(&["doctor", "--config", other.to_str().unwrap()]).good();
    assert!(doctor.contains("elsewhere is not there yet"), "{doctor}");
    let variable = place.command(&["doctor"]).env("MARQUEE_CONFIG", &other).output().unwrap();
    assert_eq!(variable.status.code(), Some(0));
    place.write("config.yaml", "data_dir: usual\n");
    let empty = place.command(&["doctor"]).env("MARQUEE_CONFIG", "").output().unwrap();
    assert!(String::from_utf8(empty.stdout).unwrap().contains("usual is not there yet"));
    let err = place.run(&["serve", "--config", "missing.yaml"]).bad();
    assert!(err.contains("missing.yaml"), "{err}");
}

#[test]
fn variables_hold_texts_of_digits_and_lists() {
    let doctor = Place::new().with("MARQUEE__DATA_DIR", "007").run(&["doctor"]).good();
    assert!(doctor.contains("007 is not there yet"), "{doctor}");
    let rules = |text: &str| Place::new().with("MARQUEE__ORDER__REFUND_RULES", text).run(&["doctor"]);
    rules(r#"[{"minutes_before": 60, "fee_percent": 10}]"#).good();
    let wrong = rules(r#"[{"minutes_before": 60, "fee_percent": 101}]"#);
    assert!(wrong.code == Some(1) && wrong.out.contains("101 percent"), "{}", wrong.out);
}

#[test]
fn one_service_alone_needs_a_registry_that_others_see() {
    let err = Place::new().run(&["serve", "order"]).bad();
    assert!(err.contains("registry.kind") && err.contains("consul"), "{err}");
    let err = Place::new().run(&["serve", "film", "--demo"]).bad();
    assert!(err.contains("marquee demo"), "{err}");
}

#[test]
fn a_setting_that_cannot_work_stops_the_start_and_is_named() {
    let place = Place::new().with("MARQUEE__USER__TOKENS__REFRESH_DAYS", "0");
    let err = place.run(&["serve"]).bad();
    assert!(err.contains("user service") && err.contains("refresh_days"), "{err}");
    let err = Place::new().with("MARQUEE__LOG__FILTER", "info,=,=").run(&["serve"]).bad();
    assert!(err.contains("log.filter"), "{err}");
    let err = Place::new().with("MARQUEE__SECRET", "hunter2").run(&["serve"]).bad();
    assert!(err.contains("shorter than 16") && !err.contains("hunter2"), "{err}");
}
