//! Days as clocks at the cinemas show them.

use contract::film::{Cinema, Screening};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// Days that are offered for choice.
pub const OFFERED: usize = 14;

/// The day at a cinema on which a screening begins.
pub fn of(screening: &Screening) -> Option<Date> {
    screening.starts_local.get(..10)?.parse().ok()
}

/// The time at which it begins, as a clock there shows it.
pub fn time(screening: &Screening) -> &str {
    screening.starts_local.get(11..16).unwrap_or_default()
}

/// The time some milliseconds after the beginning, as a clock there shows it.
pub fn later(screening: &Screening, milliseconds: i64) -> String {
    let begins =
        screening.starts_local.get(..16).and_then(|begins| begins.parse::<jiff::civil::DateTime>().ok());
    let later = begins.and_then(|begins| begins.checked_add(Span::new().milliseconds(milliseconds)).ok());
    later.map(|later| later.strftime("%H:%M").to_string()).unwrap_or_default()
}

/// Today, at the cinema where the day has begun last: so no screening of today is missed.
pub fn today(now_ms: i64, cinemas: &[Cinema]) -> Date {
    let now = Timestamp::from_millisecond(now_ms).unwrap_or_default();
    let local = |cinema: &Cinema| now.to_zoned_datetime(zone(cinema)).date();
    cinemas.iter().map(local).min().unwrap_or_else(|| now.to_zoned_datetime(TimeZone::UTC).date())
}

/// The days to choose from.
pub fn offered(today: Date) -> impl Iterator<Item = Date> {
    let days = i64::try_from(OFFERED).unwrap_or_default();
    (0..days).filter_map(move |ahead| today.checked_add(Span::new().days(ahead)).ok())
}

/// From when to when it is that day at one of the cinemas, milliseconds UTC.
pub fn bounds(day: Date, cinemas: &[Cinema]) -> Option<(i64, i64)> {
    let next = day.tomorrow().ok()?;
    let begin = |day: Date, cinema: &Cinema| {
        Some(day.to_zoned_datetime(zone(cinema)).ok()?.timestamp().as_millisecond())
    };
    let from = cinemas.iter().filter_map(|cinema| begin(day, cinema)).min()?;
    let to = cinemas.iter().filter_map(|cinema| begin(next, cinema)).max()?;
    Some((from, to - 1))
}

/// The cinema's time zone; UTC where it is not known.
pub fn zone(cinema: &Cinema) -> TimeZone {
    TimeZone::get(&cinema.time_zone).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cinema(time_zone: &str) -> Cinema {
        Cinema { time_zone: time_zone.to_owned(), ..Cinema::default() }
    }

    #[test]
    fn a_day_is_as_long_as_it_lasts_at_any_of_the_cinemas() {
        let cinemas = [cinema("Asia/Shanghai"), cinema("Europe/London")];
        let (from, to) = bounds(jiff::civil::date(2026, 11, 24), &cinemas).unwrap();
        assert_eq!(Timestamp::from_millisecond(from).unwrap().to_string(), "2026-11-23T16:00:00Z");
        assert_eq!(Timestamp::from_millisecond(to + 1).unwrap().to_string(), "2026-11-25T00:00:00Z");
        assert_eq!(bounds(jiff::civil::date(2026, 11, 24), &[]), None);
    }

    #[test]
    fn today_is_where_it_is_still_today() {
        let now = "2026-11-24T17:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        let cinemas = [cinema("Asia/Shanghai"), cinema("Europe/London")];
        assert_eq!(today(now, &cinemas), jiff::civil::date(2026, 11, 24));
        assert_eq!(today(now, &cinemas[..1]), jiff::civil::date(2026, 11, 25));
    }
}
