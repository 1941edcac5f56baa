//! An entry for calendars (iCalendar, RFC 5545).

use jiff::Timestamp;

/// Longest line, bytes, without its end (RFC 5545, section 3.1).
const LINE_MAX: usize = 75;

/// What stands in a calendar.
pub struct Entry<'a> {
    /// The same for ever, so that an entry that is read again replaces the first.
    pub uid: String,
    /// Rises with every change.
    pub sequence: i64,
    /// When it was written, milliseconds UTC; so are the others.
    pub written_at: i64,
    /// Begin.
    pub starts_at: i64,
    /// End.
    pub ends_at: i64,
    /// What.
    pub summary: &'a str,
    /// Where.
    pub location: &'a str,
    /// More about it.
    pub description: &'a str,
    /// Whether it will not take place.
    pub cancelled: bool,
}

impl Entry<'_> {
    /// The calendar with this entry alone.
    pub fn write(&self) -> String {
        let mut out = String::new();
        let sequence = self.sequence.to_string();
        let status = if self.cancelled { "CANCELLED" } else { "CONFIRMED" };
        for (name, value) in [
            ("BEGIN", "VCALENDAR"),
            ("VERSION", "2.0"),
            ("PRODID", "-//Marquee//Tickets//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("METHOD", "PUBLISH"),
            ("BEGIN", "VEVENT"),
            ("UID", &*self.uid),
            ("SEQUENCE", &*sequence),
            ("DTSTAMP", &*utc(self.written_at)),
            ("DTSTART", &*utc(self.starts_at)),
            ("DTEND", &*utc(self.ends_at.max(self.starts_at))),
            ("SUMMARY", &*escaped(self.summary)),
            ("LOCATION", &*escaped(self.location)),
            ("DESCRIPTION", &*escaped(self.description)),
            ("STATUS", status),
            ("TRANSP", "OPAQUE"),
            ("END", "VEVENT"),
            ("END", "VCALENDAR"),
        ] {
            fold(&mut out, &format!("{name}:{value}"));
        }
        out
    }
}

/// A moment in UTC: `20261124T183000Z`.
fn utc(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Text as it may stand in a value (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            character if character.is_control() => {}
            character => out.push(character),
        }
    }
    out
}

/// Adds a line, in parts where it is long: each further one begins with a space.
fn fold(out: &mut String, line: &str) {
    let mut length = 0;
    for character in line.chars() {
        if length + character.len_utf8() > LINE_MAX {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(character);
        length += character.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let entry = Entry {
            uid: "order-7@marquee".into(),
            sequence: 3,
            written_at: 0,
            starts_at: 1_795_478_400_000,
            ends_at: 1_795_487_400_000,
            summary: "Good; bad, \\ ugly\r\nand 黑白",
            location: &"影院".repeat(40),
            description: "",
            cancelled: false,
        };
        let text = entry.write();
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_MAX), "{text}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        assert!(text.contains("SUMMARY:Good\\; bad\\, \\\\ ugly\\nand 黑白\r\n"), "{text}");
        assert!(text.replace("\r\n ", "").contains(&format!("LOCATION:{}", "影院".repeat(40))));
        assert!(text.contains("DTSTART:20261124T000000Z\r\nDTEND:20261124T023000Z\r\n"), "{text}");
    }
}
