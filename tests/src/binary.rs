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
    let found =
        own.ancestors().skip(1).take(LEVELS).map(|folder| folder.join(&name)).find(|path| path.is_file());
    let Some(found) = found else {
        panic!(
            "there is no executable marquee beside {}: build it first with `cargo build -p marquee`",
            own.display()
        );
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

/// A source of the executable that was changed after it was built. Cargo lists them beside it.
fn newer_source(executable: &Path) -> Option<PathBuf> {
    let modified = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    let built = modified(executable)?;
    let list = std::fs::read_to_string(executable.with_extension("d")).ok()?;
    let (_, sources) = list.split_once(": ")?;
    // A space in a path is written with a backslash, and only a space between paths is without.
    let sources = sources.trim().replace("\\ ", "\0");
    let mut sources = sources.split(' ').map(|path| PathBuf::from(path.replace('\0', " ")));
    sources.find(|path| path.is_file() && modified(path).is_some_and(|changed| changed > built))
}
