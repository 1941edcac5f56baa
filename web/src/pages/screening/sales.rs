//! Whether seats of a screening are sold now, in words.

use contract::film::{Cinema, HallInfo};
use fluent_bundle::FluentValue;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::day;
use crate::format;
use crate::visitor::Visitor;

/// Whether seats are sold now.
pub struct Sales {
    /// Whether they are.
    pub open: bool,
    /// Why not.
    pub words: String,
}

impl Sales {
    /// Of a screening, at a time.
    pub fn of(visitor: &Visitor, info: &HallInfo, now_ms: i64) -> Self {
        let Some(screening) = &info.screening else { return Self { open: false, words: String::new() } };
        let words = |name| visitor.language.text(name);
        let closed = |words| Self { open: false, words };
        if screening.cancelled {
            let why = screening.cancel_reason.as_str();
            return closed(match why {
                "" => words("hall-cancelled"),
                why => visitor.language.text_with("hall-cancelled-why", &[("why", why.into())]),
            });
        }
        if now_ms < screening.sales_open_at {
            return closed(opens(visitor, info.cinema.as_ref(), screening.sales_open_at));
        }
        if now_ms < screening.sales_close_at {
            let full = info.free == 0;
            return Self { open: true, words: if full { words("hall-full") } else { String::new() } };
        }
        match now_ms {
            now if now >= screening.ends_at => closed(words("hall-over")),
            now if now >= screening.starts_at => closed(words("hall-begun")),
            _ => closed(words("hall-closed")),
        }
    }
}

/// When sales open, as a clock at the cinema shows it.
fn opens(visitor: &Visitor, cinema: Option<&Cinema>, at_ms: i64) -> String {
    let zone = cinema.map_or(TimeZone::UTC, day::zone);
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned_datetime(zone);
    let day = format::day(visitor.language, at.date());
    let time = at.strftime("%H:%M").to_string();
    visitor
        .language
        .text_with("hall-not-open", &[("day", FluentValue::from(day)), ("time", FluentValue::from(time))])
}
