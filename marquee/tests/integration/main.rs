//! The executable as its users see it: commands, configuration and scripts.
//!
//! One executable: each more would link the whole product again.
#![allow(clippy::unwrap_used)]

mod admin;
#[cfg(unix)]
mod admin_port;
mod command_line;
mod common;
mod config_file;
mod demo;
mod doctor;
mod import;
#[cfg(unix)]
mod scripts;
#[cfg(unix)]
mod serve;
