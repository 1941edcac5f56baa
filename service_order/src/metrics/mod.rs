//! What the order service counts: seats, orders, money, batches, and the gate.
//!
//! Everything is bound to its labels at the start; a purchase adds to a few numbers.

mod batches;
mod business;
mod gate;

use std::sync::LazyLock;

pub use batches::{batch_ended, batch_taken, queue};
pub use business::Tally;
pub use gate::{conflict, rebuilt, wanted};

/// Shows every number from the start, with 0: the first of each is a change too.
pub fn begin() {
    LazyLock::force(&batches::BATCHES);
    LazyLock::force(&business::BUSINESS);
    LazyLock::force(&gate::GATE);
}
