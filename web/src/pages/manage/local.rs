//! Days and times as they are typed at a cinema.

use contract::film::Cinema;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::day;

/// Milliseconds of a minute.
pub const MINUTE_MS: i64 = 60_000;

/// The moment a clock at the cinema shows a day and a time, milliseconds UTC. In the hour that
/// a change to summer time leaves out it is an hour later; of one that comes twice, the first.
pub fn moment(cinema: &Cinema, day: Date, time: Time) -> Option<i64> {
    let zone = TimeZone::get(&cinema.time_zone).ok()?;
    Some(day.to_datetime(time).to_zoned_datetime(zone).ok()?.timestamp().as_millisecond())
}

/// What a clock at the cinema shows.
pub fn clock(cinema: &Cinema, at_ms: i64) -> DateTime {
    let zone = day::zone(cinema);
    Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned_datetime(zone).datetime()
}

/// Today there.
pub fn today(cinema: &Cinema, now_ms: i64) -> Date {
    day::today(now_ms, std::slice::from_ref(cinema))
}

/// When a day begins and the next one does there, milliseconds UTC.
pub fn bounds(cinema: &Cinema, day: Date) -> Option<(i64, i64)> {
    let (from, last) = day::bounds(day, std::slice::from_ref(cinema))?;
    Some((from, last + 1))
}

/// Some days later, or earlier; the day itself at the end of time.
pub fn days_on(day: Date, days: i64) -> Date {
    day.checked_add(Span::new().days(days)).unwrap_or(day)
}

/// A time as a browser's field sends it: `19:30`, or `19:30:00`.
pub fn time_typed(text: &str) -> Option<Time> {
    let text = text.trim();
    text.parse().ok().or_else(|| format!("{text}:00").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_of_the_cinemas_clock() {
        let cinema = Cinema { time_zone: "Europe/Berlin".to_owned(), ..Cinema::default() };
        let day = "2026-11-24".parse().unwrap();
        let at = moment(&cinema, day, time_typed("19:30").unwrap()).unwrap();
        assert_eq!(Timestamp::from_millisecond(at).unwrap().to_string(), "2026-11-24T18:30:00Z");
        assert_eq!(clock(&cinema, at).to_string(), "2026-11-24T19:30:00");
        assert_eq!(time_typed("soon"), None);
        assert_eq!(bounds(&cinema, day).map(|(from, to)| to - from), Some(24 * 60 * MINUTE_MS));
    }
}
