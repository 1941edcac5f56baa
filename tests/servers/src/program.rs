//! Where programs are.

use std::path::PathBuf;

/// The program in `PATH`, in one of the folders, or where `MARQUEE_TEST_SERVERS` (a folder) has it.
///
/// # Panics
/// Where it is nowhere, with what to do.
pub fn find(name: &str, folders: &[PathBuf]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let unpacked = unpacked();
    let all = std::env::split_paths(&path).chain(folders.iter().cloned()).chain(unpacked);
    let found = all.map(|folder| folder.join(name)).find(|program| program.is_file());
    found.unwrap_or_else(|| panic!("{name} is not installed: run tests/tools/servers.sh, which installs it"))
}

/// Where `tests/tools/servers.sh` unpacks what Debian's current suite does not have.
fn unpacked() -> Option<PathBuf> {
    let target = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/servers/usr/bin");
    std::env::var_os("MARQUEE_TEST_SERVERS").map(PathBuf::from).or(Some(target))
}
