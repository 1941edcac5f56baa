//! The site in a real browser: Chromium, on a system of its own for each test.
//!
//! A test that fails keeps what its browsers showed and what their consoles said in
//! `target/browser`. Errors that nothing caught, and what the pages' policy forbids, fail
//! any test. What is needed beyond Rust: `tests/tools/servers.sh` installs it.
#![allow(clippy::unwrap_used)]

mod access_tokens;
mod accessibility;
mod accounts;
mod axe;
mod browser;
mod camera;
mod choices;
mod console;
mod counter;
mod door;
mod film_import;
mod finding;
mod forgery;
mod hall;
mod holding;
mod keyboard;
mod look;
mod lost_answers;
mod manage;
mod nowhere;
mod pages;
mod people;
mod pictures;
mod plan_editor;
mod programme;
mod purchase;
mod reel;
mod roles;
mod sales;
mod stage;
mod waiting;
mod webdriver;
mod weight;
mod wire;
mod work;
