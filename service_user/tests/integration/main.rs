//! The user service as its callers see it.
//!
//! One executable: each more would link the whole product again.
#![allow(clippy::unwrap_used)]

mod accounts;
mod admins;
mod common;
mod renewal;
mod role_changes;
mod sign_in;
mod tokens;
