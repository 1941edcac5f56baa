//! Who a client is and how much it may ask.

mod client;
mod rate;

pub use client::Proxies;
pub use rate::Rate;
