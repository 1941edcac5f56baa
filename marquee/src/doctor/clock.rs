//! The clock: tokens, holds and sales windows go by it.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::Finding;

const CLOCK: &str = "clock";
/// No machine that runs this is from before: 2026-01-01.
const EARLIEST_SECONDS: i64 = 1_767_225_600;
/// How far files may be ahead of the clock: network file systems have clocks of their own.
const AHEAD: Duration = Duration::from_secs(120);

pub(super) fn examine(folder: &Path) -> Finding {
    let now = Timestamp::now();
    let advice = "set it, and keep it right with NTP: tokens, holds and sales windows go by it";
    if now.as_second() < EARLIEST_SECONDS {
        return Finding::bad(CLOCK, format!("it shows {now:.0}, which is in the past"), advice);
    }
    if newest(folder).is_some_and(|newest| newest > SystemTime::now() + AHEAD) {
        return Finding::bad(CLOCK, format!("it shows {now:.0}, but the data was written later"), advice);
    }
    Finding::good(CLOCK, format!("it shows {now:.0}"))
}

/// When a file of the folder was last written.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?;
    entries.filter_map(|entry| entry.ok()?.metadata().ok()?.modified().ok()).max()
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_clock_behind_the_data_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = fs::File::create(folder.path().join("order.db")).unwrap();
        assert_eq!(examine(folder.path()).state, State::Good);
        file.set_modified(SystemTime::now() + 2 * AHEAD).unwrap();
        let finding = examine(folder.path());
        assert!(finding.state == State::Bad && finding.found.contains("written later"), "{finding}");
    }
}
