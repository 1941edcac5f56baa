//! Who a client is and how much it may ask.

mod client;
mod memory;
mod rate;

pub use client::Proxies;
pub use memory::{Held, Memory};
pub use rate::Rate;
