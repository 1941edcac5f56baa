//! Calls to nodes elsewhere: which node, over which connection, and what is tried again.

mod answer;
mod backoff;
mod budget;
mod call;
mod connect;
mod connections;
mod health;
mod node;
mod pool;
mod problem;
mod repeat;
mod replay;

pub use backoff::Backoff;
pub use call::call;
pub use connect::Target;
pub use pool::Pool;
pub use problem::not_running;
