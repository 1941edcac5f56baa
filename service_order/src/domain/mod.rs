//! The rules of orders, payments, refunds and tickets: plain functions with no I/O.
//!
//! Times are milliseconds since 1970 in UTC, money is in minor units.

pub mod admission;
pub mod audit;
pub mod ending;
pub mod facts;
pub mod ledger;
pub mod order;
pub mod paying;
pub mod problem;
pub mod refund;
pub mod selection;
pub mod state;
