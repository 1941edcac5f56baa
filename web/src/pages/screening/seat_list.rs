//! The seats as a list: the same choice without the map.

use contract::film::SeatKind;

use crate::hall::Hall;
use crate::visitor::Visitor;

use super::drawing;

/// A row of the list.
pub struct ListRow {
    /// What it is called.
    pub name: String,
    pub seats: Vec<ListSeat>,
}

/// A seat of the list.
pub struct ListSeat {
    pub seat: String,
    pub number: String,
    /// What it is, where it is no ordinary seat.
    pub kind: String,
    pub is_free: bool,
    pub chosen: bool,
}

/// Every seat that is ever sold, by row.
pub fn of(visitor: &Visitor, hall: &Hall, chosen: &[usize]) -> Vec<ListRow> {
    let rows = hall.rows.iter().map(|row| ListRow {
        name: drawing::row_words(visitor, &row.zone, &row.name),
        seats: row
            .seats
            .iter()
            .filter(|seat| hall.places[**seat].kind != SeatKind::Blocked)
            .map(|seat| list_seat(visitor, hall, *seat, chosen))
            .collect(),
    });
    rows.filter(|row| !row.seats.is_empty()).collect()
}

fn list_seat(visitor: &Visitor, hall: &Hall, seat: usize, chosen: &[usize]) -> ListSeat {
    let place = &hall.places[seat];
    ListSeat {
        seat: place.name.clone(),
        number: place.number.clone(),
        kind: match place.kind {
            SeatKind::Standard => String::new(),
            kind => drawing::kind_words(visitor, kind),
        },
        is_free: hall.is_free(seat),
        chosen: chosen.contains(&seat),
    }
}
