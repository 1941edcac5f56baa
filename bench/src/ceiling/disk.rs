//! How fast the disk makes a write durable.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes of one append: a page.
const PAGE: usize = 4_096;

/// Appends pages for some time, each durable before the next; says how many and how long it took.
///
/// # Errors
/// The disk's.
pub fn append(dir: &Path, time: Duration) -> anyhow::Result<(u64, Duration)> {
    let mut file = File::create(dir.join("append"))?;
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < time {
        file.write_all(&[7; PAGE])?;
        file.sync_data()?;
        count += 1;
    }
    Ok((count, began.elapsed()))
}
