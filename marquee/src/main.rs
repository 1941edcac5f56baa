//! The executable that runs any service, or all of them.

mod command;

use std::process::ExitCode;

use clap::Parser;

/// Gives memory back to the system and keeps threads from waiting for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = command::Arguments::parse();
    match command::run(arguments) {
        Ok(code) => code,
        Err(error) => {
            command::complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}
