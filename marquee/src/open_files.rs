//! How many files this process may have open: every connection is one.

#[cfg(unix)]
use rustix::process::{Resource, getrlimit, setrlimit};

/// Allows as many as the system lets a process allow itself. Many systems begin
/// with 1,024, for programs that cannot count further.
#[cfg(unix)]
pub fn raise() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
}

/// There is no such limit here.
#[cfg(not(unix))]
pub fn raise() {}

/// How many a server may have open, once it has raised its limit; nothing where there is no limit.
#[cfg(unix)]
#[must_use]
pub fn most() -> Option<u64> {
    getrlimit(Resource::Nofile).maximum
}

/// There is no such limit here.
#[cfg(not(unix))]
#[must_use]
pub fn most() -> Option<u64> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_may_be_are_allowed() {
        raise();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
        assert_eq!(most(), limit.maximum);
    }
}
