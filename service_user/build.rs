//! A new migration is part of the executable only if the crate is built again.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
