//! Accounts, credentials, tokens and roles.

pub mod domain;
