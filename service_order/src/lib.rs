//! Seats, orders, payments, refunds and tickets.

pub mod domain;
