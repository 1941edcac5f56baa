//! Compiles the proto files with `protox`, so that no `protoc` is needed, and
//! writes three things: the Rust types and stubs, the descriptor set the
//! gateway and gRPC reflection serve, and checks of the `marquee.rules`.

#[path = "build/rules.rs"]
mod rules;

use std::{env, error::Error, fs, path::PathBuf};

const INCLUDES: [&str; 4] =
    ["proto", "../service_user/proto", "../service_film/proto", "../service_order/proto"];
const FILES: [&str; 3] = ["user.proto", "film.proto", "order.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    for folder in INCLUDES {
        println!("cargo:rerun-if-changed={folder}");
    }
    println!("cargo:rerun-if-changed=build");
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let mut compiler = protox::Compiler::new(INCLUDES)?;
    compiler.include_source_info(true).include_imports(true).open_files(FILES)?;
    fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    let pool = compiler.descriptor_pool();
    fs::write(out.join("rules.rs"), rules::checks(&pool))?;
    fs::write(out.join("methods.rs"), rules::methods(&pool))?;

    tonic_prost_build::configure()
        .bytes(".google.api.HttpBody.data")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
