//! The load generator by itself; `marquee bench` is the same.

use std::process::ExitCode;

use clap::Parser;

/// The allocator of the `marquee` executable, so that what is measured is what runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the system against ceilings of the same machine in the same run.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
struct Arguments {
    #[command(flatten)]
    bench: bench::command::Args,
}

#[tokio::main]
async fn main() -> ExitCode {
    match bench::command::run(&Arguments::parse().bench).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
