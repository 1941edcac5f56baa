//! Compiles the published proto files as they are, with the server's stubs.

use std::error::Error;

const FILES: [&str; 3] =
    ["language-agent/Tracing.proto", "language-agent/Meter.proto", "management/Management.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let descriptors = protox::compile(FILES, ["proto"])?;
    tonic_prost_build::configure().build_client(false).compile_fds(descriptors)?;
    Ok(())
}
