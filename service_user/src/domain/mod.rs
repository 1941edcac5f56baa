//! Rules with no I/O: names, passwords, roles, attempts, refresh tokens, signing keys.

pub mod attempts;
pub mod key_schedule;
pub mod login_name;
pub mod password;
pub mod refresh;
mod refusal;
pub mod roles;

pub use refusal::Refusal;
