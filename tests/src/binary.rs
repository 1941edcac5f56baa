//! Finds the executable under test.

use std::path::{Path, PathBuf};

/// Names another executable, one built for release for example.
const VARIABLE: &str = "MARQUEE_BIN";
/// How many folders above the test's own executable are looked into: `deps`, then `debug`.
const LEVELS: usize = 3;

/// The executable `marquee`: what `MARQUEE_BIN` names, or that of the same build as the test.
///
/// # Panics
/// Where there is none, or it is older than the sources: a test of it would say nothing.
#[must_use]
pub fn marquee() -> PathBuf {
    if let Some(named) = std::env::var_os(VARIABLE) {
        let named = PathBuf::from(named);
        assert!(named.is_file(), "{VARIABLE} names {}, which is not there", named.display());
        return named;
    }
    let own = std::env::current_exe().expect("a test knows its own executable");
    let name = format!("marquee{}", std::env::consts::EXE_SUFFIX);
    let found = own.ancestors().skip(1).take(LEVELS).map(|folder| folder.join(&name)).find(|path| path.is_file());
    let Some(found) = found else {
        panic!("there is no executable marquee beside {}: build it first with `cargo build -p marquee`", own.display());
    };
    if let Some(newer) = newer_source(&found) {
        panic!(
            "{} is older than {}: build it again with `cargo build -p marquee`",
            found.display(),
            newer.display()
        );
    }
    found
}

/// A source of the executable that was changed after it was built.
fn newer_source(executable: &Path) -> Option<PathBuf> {
    let built = executable.metadata().and_then(|metadata| metadata.modified()).ok()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let parts = ["contract", "micro", "service_user", "service_film", "service_order", "gateway", "marquee"];
    parts.iter().find_map(|part| newer_in(&root.join(part).join("src"), built))
}

fn newer_in(folder: &Path, built: std::time::SystemTime) -> Option<PathBuf> {
    std::fs::read_dir(folder).ok()?.filter_map(Result::ok).find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return newer_in(&path, built);
        }
        let changed = entry.metadata().and_then(|metadata| metadata.modified()).ok()?;
        // Tests of the other crates are in files of their own and do not end up in the executable.
        let test = path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests"));
        (changed > built && !test).then_some(path)
    })
}
