//! The stretches of time a report is asked for: days begin with those of each cinema's clock.
//!
//! The service's days begin at one distance from midnight in UTC. So cinemas are asked about
//! by time zone, and where a change to summer time falls among the days, by what is before
//! and after it.

use std::collections::BTreeMap;

use contract::film::Cinema;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::days::Days;
use crate::day;

/// Cinemas of a question at most: what the service takes.
const CINEMAS: usize = 1000;
const SECONDS_A_MINUTE: i32 = 60;

/// Some days of some cinemas whose clocks are as far ahead of UTC in all of them.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub cinema_ids: Vec<i64>,
    /// From this moment on and before the other, milliseconds UTC.
    pub from: i64,
    pub to: i64,
    /// How far the clocks are ahead when its days begin, minutes.
    pub offset_minutes: i32,
    zone: TimeZone,
}

impl Stretch {
    /// As far as it went so many days before a moment, at the same time of the clock; nothing where
    /// it had not begun by then.
    pub fn as_far_as(&self, now_ms: i64, days: i64) -> Option<Self> {
        let now = Timestamp::from_millisecond(now_ms).ok()?.to_zoned_datetime(self.zone.clone());
        let then = now.checked_sub(Span::new().days(days)).ok()?.timestamp().as_millisecond();
        (then > self.from).then(|| Self { to: self.to.min(then), ..self.clone() })
    }

    /// What a clock there shows at a moment of the report, milliseconds UTC.
    pub fn clock(&self, at_ms: i64) -> DateTime {
        // A day that begins when clocks are put forward begins at one o'clock.
        let at = Timestamp::from_millisecond(at_ms.max(self.from)).unwrap_or_default();
        at.to_zoned_datetime(self.zone.clone()).datetime()
    }
}

/// The stretches of days at cinemas.
pub fn of(cinemas: &[Cinema], days: Days) -> Vec<Stretch> {
    let mut zones = BTreeMap::<&str, Vec<&Cinema>>::new();
    for cinema in cinemas {
        zones.entry(&cinema.time_zone).or_default().push(cinema);
    }
    let mut all = Vec::new();
    for there in zones.values() {
        let Some(zone) = there.first().map(|cinema| day::zone(cinema)) else { continue };
        let runs = runs(&zone, days);
        for part in there.chunks(CINEMAS) {
            let cinema_ids: Vec<i64> = part.iter().map(|cinema| cinema.cinema_id).collect();
            all.extend(runs.iter().map(|run| Stretch {
                cinema_ids: cinema_ids.clone(),
                from: run.from,
                to: run.to,
                offset_minutes: run.offset_minutes,
                zone: zone.clone(),
            }));
        }
    }
    all
}

/// Days after each other that begin equally far from midnight in UTC.
struct Run {
    from: i64,
    to: i64,
    offset_minutes: i32,
}

fn runs(zone: &TimeZone, days: Days) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for date in days.each() {
        let (Some(from), Some(to)) =
            (begin(zone, date), date.tomorrow().ok().and_then(|day| begin(zone, day)))
        else {
            continue;
        };
        let offset_minutes = zone.to_offset(from).seconds() / SECONDS_A_MINUTE;
        match runs.last_mut() {
            Some(run) if run.offset_minutes == offset_minutes => run.to = to.as_millisecond(),
            _ => runs.push(Run { from: from.as_millisecond(), to: to.as_millisecond(), offset_minutes }),
        }
    }
    runs
}

fn begin(zone: &TimeZone, date: Date) -> Option<Timestamp> {
    Some(date.to_zoned_datetime(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    const HOUR_MS: i64 = DAY_MS / 24;

    fn cinema(cinema_id: i64, time_zone: &str) -> Cinema {
        Cinema { cinema_id, time_zone: time_zone.to_owned(), ..Cinema::default() }
    }

    fn days(first: &str, last: &str) -> Days {
        Days { first: first.parse().unwrap(), last: last.parse().unwrap() }
    }

    /// Days as the service makes them, and the day each is on the clock.
    fn days_of(stretch: &Stretch) -> Vec<String> {
        let offset = i64::from(stretch.offset_minutes) * 60_000;
        let first = (stretch.from + offset) / DAY_MS * DAY_MS - offset;
        let begins = (0..).map(|day| first + day * DAY_MS).take_while(|begin| *begin < stretch.to);
        begins.map(|begin| stretch.clock(begin).date().to_string()).collect()
    }

    #[test]
    fn cinemas_are_asked_about_by_their_clocks() {
        let cinemas = [cinema(1, "Europe/Berlin"), cinema(2, "Asia/Shanghai"), cinema(3, "Europe/Berlin")];
        let stretches = of(&cinemas, days("2026-11-24", "2026-11-25"));
        let facts: Vec<_> =
            stretches.iter().map(|one| (&*one.cinema_ids, one.offset_minutes, one.to - one.from)).collect();
        assert_eq!(facts, [(&[2][..], 480, 2 * DAY_MS), (&[1, 3][..], 60, 2 * DAY_MS)]);
        assert!(of(&[], days("2026-11-24", "2026-11-25")).is_empty());
    }

    #[test]
    fn a_change_to_summer_time_and_back_moves_no_day() {
        for (first, last, hours) in [("2026-03-28", "2026-03-30", 71), ("2026-10-24", "2026-10-26", 73)] {
            let stretches = of(&[cinema(1, "Europe/Berlin")], days(first, last));
            assert_eq!(stretches.len(), 2);
            assert_eq!(stretches[0].to, stretches[1].from);
            assert_eq!(stretches[1].to - stretches[0].from, hours * HOUR_MS);
            let mut dates: Vec<String> = stretches.iter().flat_map(days_of).collect();
            dates.dedup();
            let expected: Vec<String> = days(first, last).each().map(|day| day.to_string()).collect();
            assert_eq!(dates, expected);
        }
    }

    #[test]
    fn a_day_may_begin_at_one_o_clock() {
        // Clocks in Beirut are put forward at midnight.
        let range = days("2026-03-28", "2026-03-30");
        let stretches = of(&[cinema(1, "Asia/Beirut")], range);
        let dates: Vec<String> = stretches.iter().flat_map(days_of).collect();
        assert_eq!(dates, range.each().map(|day| day.to_string()).collect::<Vec<_>>());
    }

    #[test]
    fn a_day_that_is_not_over_goes_as_far_as_the_clock() {
        let yesterday = of(&[cinema(1, "Europe/Berlin")], days("2026-03-28", "2026-03-28"));
        // The clocks were put forward in the night: 15:00 is 23 hours later.
        let now = "2026-03-29T13:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        let so_far = yesterday[0].as_far_as(now, 1).unwrap();
        assert_eq!(so_far.to - so_far.from, 15 * HOUR_MS);
        assert_eq!(yesterday[0].as_far_as(now + DAY_MS, 1).unwrap().to, yesterday[0].to, "it is over");
        assert!(yesterday[0].as_far_as(now - DAY_MS, 1).is_none(), "it had not begun");
    }

    #[test]
    fn a_large_chain_is_asked_about_in_parts() {
        let cinemas: Vec<Cinema> = (1..=2500).map(|id| cinema(id, "Asia/Shanghai")).collect();
        let parts: Vec<usize> = of(&cinemas, days("2026-11-24", "2026-11-24"))
            .iter()
            .map(|stretch| stretch.cinema_ids.len())
            .collect();
        assert_eq!(parts, [1000, 1000, 500]);
    }
}
