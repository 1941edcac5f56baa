//! The system as its clients and its operator see it. See `tests/src/lib.rs` for the harness.
#![allow(clippy::unwrap_used)]

#[path = "../e2e/bad_input/mod.rs"]
mod bad_input;
#[path = "../e2e/cards.rs"]
mod cards;
#[path = "../e2e/contract_snapshots.rs"]
mod contract_snapshots;
#[path = "../e2e/crash.rs"]
mod crash;
mod foreign;
#[path = "../e2e/invariants/mod.rs"]
mod invariants;
#[path = "../e2e/logging.rs"]
mod logging;
#[path = "../e2e/model.rs"]
mod model;
mod monitoring;
#[path = "../e2e/on_sale.rs"]
mod on_sale;
#[path = "../e2e/openapi_fuzz.rs"]
mod openapi_fuzz;
#[path = "../e2e/otlp.rs"]
mod otlp;
#[path = "../e2e/purchase.rs"]
mod purchase;
#[path = "../e2e/readme.rs"]
mod readme;
#[path = "../e2e/refunds.rs"]
mod refunds;
#[path = "../e2e/tokens.rs"]
mod tokens;
mod traces;
#[path = "../e2e/watching.rs"]
mod watching;

/// Two processes of each kind, on PostgreSQL, Redis and Consul.
const MODE: tests::Mode = tests::Mode::Distributed;
