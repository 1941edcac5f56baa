//! Which seats a text means: `A1-A10, C, F-H, Balcony`.

use std::collections::{HashMap, HashSet};

use super::super::{Plan, findings};
use super::EditRefusal;

/// Between two ends of a range.
const TO: &[char] = &['-', '–', '—', '~', '～'];
/// Between parts.
const COMMAS: &[char] = &[',', '，', '、', ';', '；', '\n', '\r'];

/// The names in a plan.
struct Names<'a> {
    seats: HashMap<&'a str, usize>,
    /// By their order in the plan, with their seats from one end to the other.
    rows: Vec<Vec<usize>>,
    row_of: Vec<usize>,
    plan: &'a Plan,
}

/// The seats, each once, in the plan's order.
pub(super) fn find(plan: &Plan, text: &str) -> Result<Vec<usize>, EditRefusal> {
    let names = Names::of(plan);
    let mut found = HashSet::new();
    for part in text.split(COMMAS).map(str::trim).filter(|part| !part.is_empty()) {
        let seats = names.meant(part).ok_or_else(|| EditRefusal::SeatsUnknown(part.to_owned()))?;
        found.extend(seats);
    }
    let mut found: Vec<usize> = found.into_iter().collect();
    found.sort_unstable();
    Ok(found)
}

impl<'a> Names<'a> {
    fn of(plan: &'a Plan) -> Self {
        let rows = findings::rows(plan);
        let mut row_of = vec![0; plan.seats.len()];
        for (index, row) in rows.iter().enumerate() {
            for seat in row {
                row_of[*seat] = index;
            }
        }
        let seats = plan.seats.iter().enumerate().map(|(index, seat)| (seat.seat.as_str(), index)).collect();
        Self { seats, rows, row_of, plan }
    }

    fn meant(&self, part: &str) -> Option<Vec<usize>> {
        if part == "*" {
            return Some((0..self.plan.seats.len()).collect());
        }
        if let Some(seat) = self.seats.get(part) {
            return Some(vec![*seat]);
        }
        let row = part.strip_suffix('*').unwrap_or(part).trim();
        let group = |is: &dyn Fn(usize) -> bool| {
            let seats: Vec<usize> = (0..self.plan.seats.len()).filter(|seat| is(*seat)).collect();
            (!seats.is_empty()).then_some(seats)
        };
        group(&|seat| self.plan.seats[seat].row == row)
            .or_else(|| group(&|seat| self.plan.seats[seat].zone == part))
            .or_else(|| self.range(part))
    }

    /// Names may hold what stands between the ends, so every place is tried.
    fn range(&self, part: &str) -> Option<Vec<usize>> {
        part.match_indices(TO).find_map(|(at, to)| {
            let (from, until) = (part[..at].trim(), part[at + to.len()..].trim());
            self.seats_between(from, until).or_else(|| self.rows_between(from, until))
        })
    }

    fn seats_between(&self, from: &str, until: &str) -> Option<Vec<usize>> {
        let (from, until) = (*self.seats.get(from)?, *self.seats.get(until)?);
        let row = &self.rows[self.row_of[from]];
        let at = |wanted: usize| row.iter().position(|seat| *seat == wanted);
        let (from, until) = (at(from)?, at(until)?);
        Some(row[from.min(until)..=from.max(until)].to_vec())
    }

    fn rows_between(&self, from: &str, until: &str) -> Option<Vec<usize>> {
        let at = |name: &str| {
            let is = |row: &Vec<usize>| row.first().is_some_and(|seat| self.plan.seats[*seat].row == name);
            self.rows.iter().position(is)
        };
        let (from, until) = (at(from.trim_end_matches('*'))?, at(until.trim_end_matches('*'))?);
        Some(self.rows[from.min(until)..=from.max(until)].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{drawing, pretix};
    use super::*;

    fn plan() -> Plan {
        let text = "@category s S\nA: ss_ss\nB: ssss\nC: ss\n@zone Side box\n@numbers right\n1-: sss\n: ss";
        pretix::import(&drawing::to_pretix(text).unwrap().to_string()).unwrap()
    }

    fn meant(text: &str) -> String {
        let plan = plan();
        match find(&plan, text) {
            Ok(seats) => seats.iter().map(|seat| &*plan.seats[*seat].seat).collect::<Vec<_>>().join(" "),
            Err(EditRefusal::SeatsUnknown(part)) => format!("no {part}"),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn seats_rows_zones_and_ranges_are_meant() {
        for (text, seats) in [
            ("", ""),
            ("A2", "A2"),
            (" B1 , A2,B1,", "A2 B1"),
            ("A2-A4", "A2 A3 A4"),
            ("A4 – A2、C", "A2 A3 A4 C1 C2"),
            ("C*", "C1 C2"),
            ("B-C", "B1 B2 B3 B4 C1 C2"),
            // The seat `1-2` is no range; a row's name may end with a dash.
            ("1-2", "1-2"),
            ("1-3-1-2", "1-3 1-2"),
            ("1-", "1-3 1-2 1-1"),
            ("Side box", "1-3 1-2 1-1 2 1"),
            ("1", "1"),
            ("D", "no D"),
            ("A1, A9", "no A9"),
            ("A1-B1", "no A1-B1"),
            ("a1", "no a1"),
        ] {
            assert_eq!(meant(text), seats, "{text:?}");
        }
        assert_eq!(find(&plan(), "*").unwrap().len(), 15);
    }
}
