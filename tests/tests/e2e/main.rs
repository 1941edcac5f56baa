//! The system as its clients and its operator see it. See `tests/src/lib.rs` for the harness.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod cards;
mod contract_snapshots;
mod crash;
mod invariants;
mod logging;
mod model;
mod on_sale;
mod openapi_fuzz;
mod otlp;
mod purchase;
mod readme;
mod refunds;
mod skywalking;
mod tokens;
mod watching;

/// Everything in one process.
const MODE: tests::Mode = tests::Mode::Embedded;
