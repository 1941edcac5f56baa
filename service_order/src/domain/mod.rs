//! The rules of orders, payments, refunds and tickets: plain functions with no I/O.
//!
//! Times are milliseconds since 1970 in UTC, money is in minor units.

pub mod facts;
pub mod ledger;
pub mod refund;
pub mod selection;
pub mod state;
