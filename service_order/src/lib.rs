//! Seats, orders, payments, refunds and tickets.
