//! Room on the disk of the data folder.

use std::path::Path;

use super::Finding;

const SPACE: &str = "disk space";
/// Below it nothing can be sold before long, bytes: an on-sale writes about that much.
const LEAST: u64 = 256 * 1024 * 1024;
/// Below it somebody should look, bytes.
const LITTLE: u64 = 2 * 1024 * 1024 * 1024;
const MIB: u64 = 1024 * 1024;

/// How much there is, where the system tells.
pub(super) fn examine(folder: &Path) -> Option<Finding> {
    // The nearest that is there: the first start makes the others.
    let there = folder.ancestors().find(|above| above.exists() && !above.as_os_str().is_empty());
    let free = free(there.unwrap_or_else(|| Path::new(".")))?;
    let found = format!("{} MiB free for {}", free / MIB, folder.display());
    let advice = "make room, or set `data_dir` (MARQUEE__DATA_DIR) to a larger disk";
    Some(match free {
        ..LEAST => Finding::bad(SPACE, found, advice),
        LEAST..LITTLE => Finding::doubtful(SPACE, found, advice),
        _ => Finding::good(SPACE, found),
    })
}

#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    // What this user may use; the rest is kept for root.
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}
