//! The data folder: there, ours, and for nobody else to read.

use std::path::{Path, PathBuf};

use super::{Finding, chain};
use crate::config::Config;
use crate::data_dir::{self, Lock, SECRET_FILE};

const FOLDER: &str = "data folder";
const SECRET: &str = "shared secret";
const FILES: &str = "database files";

pub(super) fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![folder(&config.data_dir), secret(config)];
    findings.extend(files(&config.data_dir));
    findings
}

fn folder(folder: &Path) -> Finding {
    let shown = folder.display();
    if !folder.exists() {
        return not_there(folder);
    }
    if let Err(error) = tempfile::tempfile_in(folder) {
        let advice = "give this user the right to write there, or set `data_dir` (MARQUEE__DATA_DIR)";
        return Finding::bad(FOLDER, format!("{shown} cannot be written to: {error}"), advice);
    }
    if others_may_read(folder) {
        let advice = format!("its owner alone should: chmod 700 {shown}");
        return Finding::doubtful(FOLDER, format!("other users may read {shown}"), advice);
    }
    let used = if Lock::is_taken(folder) { "; a server is using it" } else { "" };
    Finding::good(FOLDER, format!("{shown} can be written to{used}"))
}

/// Files that were copied or restored may have got other rights: they hold password hashes and keys.
fn files(folder: &Path) -> Option<Finding> {
    let files = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let databases = files.filter(|file| file.to_string_lossy().contains(".db"));
    let (readable, others): (Vec<_>, Vec<_>) = databases
        .map(|file| (std::fs::OpenOptions::new().append(true).open(&file).is_ok(), file))
        .partition(|(writable, file)| *writable && !others_may_read(file));
    let named = |files: &[(bool, PathBuf)]| {
        let names: Vec<_> = files.iter().map(|(_, file)| file.display().to_string()).collect();
        names.join(", ")
    };
    if let Some((false, _)) = others.iter().find(|(writable, _)| !writable) {
        let advice = "give this user the right to write them: chown them to who runs the server";
        return Some(Finding::bad(FILES, format!("cannot all be written to: {}", named(&others)), advice));
    }
    if !others.is_empty() {
        let advice = format!("they hold password hashes and keys: chmod 600 {}/*", folder.display());
        return Some(Finding::doubtful(FILES, format!("other users may read {}", named(&others)), advice));
    }
    (!readable.is_empty()).then(|| Finding::good(FILES, format!("{} of this user alone", readable.len())))
}

/// The first start makes it, if the nearest folder above can be written to.
fn not_there(folder: &Path) -> Finding {
    let shown = folder.display();
    let above = above(folder);
    match tempfile::tempfile_in(&above) {
        Ok(_) => Finding::good(FOLDER, format!("{shown} is not there yet; the first start makes it")),
        Err(error) => Finding::bad(
            FOLDER,
            format!("{shown} is not there and cannot be made: {error}"),
            "make it yourself, or set `data_dir` (MARQUEE__DATA_DIR) to where this user may write",
        ),
    }
}

fn above(folder: &Path) -> PathBuf {
    let found = folder.ancestors().skip(1).find(|above| above.exists() && !above.as_os_str().is_empty());
    found.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

fn secret(config: &Config) -> Finding {
    let file = config.data_dir.join(SECRET_FILE);
    if config.secret.is_empty() && !file.exists() {
        return Finding::good(SECRET, "none yet; the first start makes one");
    }
    if let Err(error) = data_dir::shared_secret(&config.secret, &config.data_dir) {
        return Finding::bad(SECRET, chain(&error), "set another one, or remove it to have one made");
    }
    if config.secret.is_empty() && others_may_read(&file) {
        let advice = format!("whoever has it can act as any service: chmod 600 {}", file.display());
        return Finding::bad(SECRET, format!("other users may read {}", file.display()), advice);
    }
    Finding::good(SECRET, if config.secret.is_empty() { "in the data folder" } else { "configured" })
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Elsewhere rights are inherited from the folder above, which the operator chose.
#[cfg(not(unix))]
fn others_may_read(_: &Path) -> bool {
    false
}
