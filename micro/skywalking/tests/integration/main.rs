//! Two or more reporting processes in one, with their headers between them, and a collector that is generated from the
//! published protocol.

mod calls;
mod collector_troubles;
mod foreign;
mod heartbeats;
mod keeping;
mod process;
mod sinks;
mod spans;
mod tracking;
