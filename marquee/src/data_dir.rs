//! The data folder: made, locked by the server, and home of the shared secret.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::config::Secret;

/// Held while a server runs.
const LOCK_FILE: &str = "marquee.lock";
/// Where the shared secret is kept that nobody configured.
pub const SECRET_FILE: &str = "secret";
/// Bytes of a generated secret: as many as the signature's hash has.
const SECRET_BYTES: usize = 32;
/// Shortest secret that is taken, characters: less can be guessed.
const SECRET_MIN: usize = 16;

/// Why the data folder cannot be used.
#[derive(Debug, Error)]
pub enum DataDirError {
    /// Another server runs on it.
    #[error("another marquee{0} is using the data folder {path}; stop it first", path = .1.display())]
    InUse(String, PathBuf),
    /// The file system's.
    #[error("cannot {0} {path}", path = .1.display())]
    Io(&'static str, PathBuf, #[source] io::Error),
    /// A secret that protects nothing.
    #[error("the {0} is shorter than {SECRET_MIN} characters: name a longer one, or none to have one made")]
    SecretTooShort(String),
}

/// Makes the folder where there is none, for its owner alone.
///
/// # Errors
/// The file system's.
pub fn prepare(folder: &Path) -> Result<(), DataDirError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| DataDirError::Io("make the data folder", folder.to_owned(), error))
}

/// Keeps every other server off the folder until it is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the folder.
    ///
    /// # Errors
    /// [`DataDirError::InUse`] where another server has it.
    pub fn take(folder: &Path) -> Result<Self, DataDirError> {
        let path = folder.join(LOCK_FILE);
        let failed = |error| DataDirError::Io("lock the file", path.clone(), error);
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = options.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DataDirError::InUse(holder(&mut file), folder.to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(failed)?;
        Ok(Self { _file: file })
    }

    /// Whether a server has the folder now.
    #[must_use]
    pub fn is_taken(folder: &Path) -> bool {
        let file = OpenOptions::new().read(true).write(true).open(folder.join(LOCK_FILE));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

/// ` (process 123)`, where the holder's note can be read: on some systems a locked file cannot.
fn holder(file: &mut File) -> String {
    let mut note = String::new();
    match file.read_to_string(&mut note) {
        Ok(_) if note.parse::<u32>().is_ok() => format!(" (process {note})"),
        Ok(_) | Err(_) => String::new(),
    }
}

/// The configured secret; without one, that of the data folder, made at random the first time.
///
/// # Errors
/// A secret that is too short, or the file system's.
pub fn shared_secret(configured: &Secret, folder: &Path) -> Result<Secret, DataDirError> {
    if !configured.is_empty() {
        return long_enough(configured.clone(), || "configured `secret`".to_owned());
    }
    let path = folder.join(SECRET_FILE);
    match fs::read_to_string(&path) {
        Ok(text) => long_enough(Secret::from(text.trim().to_owned()), || path.display().to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_secret(folder, &path).map_err(|error| DataDirError::Io("write the secret", path, error))
        }
        Err(error) => Err(DataDirError::Io("read the secret", path, error)),
    }
}

fn long_enough(secret: Secret, name: impl FnOnce() -> String) -> Result<Secret, DataDirError> {
    if secret.reveal().chars().count() < SECRET_MIN {
        return Err(DataDirError::SecretTooShort(name()));
    }
    Ok(secret)
}

/// Writes a secret of the system's randomness; of two processes at once, both get the first one's.
fn make_secret(folder: &Path, path: &Path) -> io::Result<Secret> {
    let text: String =
        rand::random::<[u8; SECRET_BYTES]>().iter().map(|byte| format!("{byte:02x}")).collect();
    // A temporary file is readable by its owner alone, and is whole when it gets its name.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(Secret::from(text)),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            Ok(Secret::from(fs::read_to_string(path)?.trim().to_owned()))
        }
        Err(error) => Err(error.error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_server_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!Lock::is_taken(folder.path()));
        let lock = Lock::take(folder.path()).unwrap();
        assert!(Lock::is_taken(folder.path()));
        let refused = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("stop it first"), "{refused}");
        drop(lock);
        Lock::take(folder.path()).unwrap();
    }

    #[test]
    fn a_secret_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let first = shared_secret(&Secret::default(), folder.path()).unwrap();
        assert_eq!(first.reveal().len(), 2 * SECRET_BYTES);
        assert_eq!(shared_secret(&Secret::default(), folder.path()).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(SECRET_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_configured_secret_goes_first_and_must_be_long() {
        let folder = tempfile::tempdir().unwrap();
        let long = Secret::from("0123456789abcdef".to_owned());
        assert_eq!(shared_secret(&long, folder.path()).unwrap(), long);
        assert!(!folder.path().join(SECRET_FILE).exists());
        let refused = shared_secret(&Secret::from("short".to_owned()), folder.path()).unwrap_err();
        assert!(!refused.to_string().contains("\"short\""));
        assert!(matches!(refused, DataDirError::SecretTooShort(_)));
    }
}
