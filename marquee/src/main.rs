//! The executable that runs any service, or all of them.

fn main() {
    println!("marquee {}", env!("CARGO_PKG_VERSION"));
}
