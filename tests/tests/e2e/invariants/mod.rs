//! The seven promises of the system, each in a test that tries to break it.

mod late_payments;
mod money;
mod retries;
mod seats;
