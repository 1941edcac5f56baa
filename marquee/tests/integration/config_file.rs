//! `config.yaml` names every key, with its default.

use std::path::{Path, PathBuf};

use marquee::config::Config;
use serde_json::Value;

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../config.yaml")
}

#[test]
fn the_file_says_what_holds_without_it() {
    let read = Config::load(Some(&file())).unwrap();
    assert_eq!(format!("{read:#?}"), format!("{:#?}", Config::default()));
}

/// Paths of the fields that `{:#?}` shows: one on each line, four spaces deeper in each struct.
fn keys(shown: &str) -> Vec<String> {
    let mut path: Vec<&str> = Vec::new();
    let mut keys = Vec::new();
    for line in shown.lines() {
        let indent = line.len() - line.trim_start().len();
        let Some((name, _)) = line.trim_start().split_once(": ") else { continue };
        if name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            path.truncate((indent / 4).saturating_sub(1));
            path.push(name);
            keys.push(path.join("/"));
        }
    }
    keys
}

#[test]
fn the_file_names_every_key() {
    let mut config = Config::default();
    // A list of its own, whose entries are no keys.
    config.order.refund_rules = service_order::domain::refund::RefundRules::new(Vec::new()).unwrap();
    let keys = keys(&format!("{config:#?}"));
    assert!(keys.contains(&"user/tokens/access_minutes".to_owned()), "{keys:?}");
    let read: Value = micro::config::load(Some(&file())).unwrap();
    let missing: Vec<_> = keys.iter().filter(|key| read.pointer(&format!("/{key}")).is_none()).collect();
    assert!(missing.is_empty(), "config.yaml does not name {missing:?}");
}
