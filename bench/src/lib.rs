//! Load generator: ratios against ceilings measured in the same run.
//!
//! [`run`] starts the whole system on a server runtime of its own, and beside it
//! the simplest servers that do nothing (the ceilings), all behind real sockets
//! of this machine. The same closed loops then load one after the other, in
//! short slices that take turns, so that whatever else the machine does in the
//! meantime hits all of them. A call that fails makes the run fail, and at the
//! end the orders in the database are counted against the answers given.

mod audit;
mod ceiling;
pub mod command;
mod engines;
mod load;
mod machine;
mod measure;
mod options;
mod process;
pub mod report;
mod run;
mod system;
mod traced;
mod worker;

pub use measure::Measure;
pub use options::Options;
pub use report::Report;
pub use run::run;
