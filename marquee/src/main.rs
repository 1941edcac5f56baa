//! The executable that runs any service, or all of them.

mod command;

use std::process::ExitCode;

use clap::Parser;

/// Gives memory back to the system and keeps threads from waiting for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    keep_new_files_private();
    let arguments = command::Arguments::parse();
    match command::run(arguments) {
        Ok(code) => code,
        Err(error) => {
            command::complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

/// Databases hold password hashes and the keys that sign tokens and tickets: no
/// file this process makes is for anybody else, wherever an operator puts it.
#[cfg(unix)]
fn keep_new_files_private() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Elsewhere rights are inherited from the folder.
#[cfg(not(unix))]
fn keep_new_files_private() {}
