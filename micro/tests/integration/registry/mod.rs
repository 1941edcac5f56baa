//! Services in processes of their own, found through a real Consul.

mod callee;
mod calls;
mod consul;
mod deaths;
mod farewell;
mod foreign;
mod go_micro;
mod load;
mod node;
mod outages;
mod registration;
mod restarts;
