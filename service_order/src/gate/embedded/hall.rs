//! The seats of one screening, in memory.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::broadcast;

use crate::committer::SeatBecomes;
use crate::domain::facts::{Facts, SeatIndex};
use crate::gate::{Change, Seats, Snapshot, Update, Updates, WATCHER_LAG};
use crate::store::reads::ClaimedSeat;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Free,
    /// A purchase is being decided; it lapses with the purchase.
    Wanted,
    Held,
    Sold,
}

/// The gate of one screening.
pub struct Hall {
    facts: Arc<Facts>,
    state: Mutex<State>,
}

struct State {
    cells: Vec<Cell>,
    sequence: i64,
    updates: Option<broadcast::Sender<Arc<Change>>>,
    /// Another hall has taken this one's place.
    closed: bool,
}

impl Hall {
    /// A hall as the database has it. Updates are counted from the time of
    /// reading, so that their numbers rise across restarts too.
    #[must_use]
    pub fn new(facts: Arc<Facts>, claimed: &[ClaimedSeat], now_ms: i64) -> Self {
        let mut cells = vec![Cell::Free; facts.seats().len()];
        for claim in claimed {
            if let Some(index) = facts.index(&claim.seat) {
                cells[usize::from(index)] = if claim.sold { Cell::Sold } else { Cell::Held };
            }
        }
        Self { facts, state: Mutex::new(State { cells, sequence: now_ms, updates: None, closed: false }) }
    }

    /// Keeps seats for a purchase that is being decided: all of them, or none.
    ///
    /// # Errors
    /// The seats that are not free.
    pub fn want(self: &Arc<Self>, seats: Seats<'_>) -> Result<Hold, Vec<SeatIndex>> {
        let mut state = self.state.lock();
        let free = |seat: &&SeatIndex| state.cells.get(usize::from(**seat)) == Some(&Cell::Free);
        if !seats.iter().all(|seat| free(&seat)) {
            return Err(seats.iter().filter(|seat| !free(seat)).copied().collect());
        }
        for seat in seats {
            state.cells[usize::from(*seat)] = Cell::Wanted;
        }
        Ok(Hold { hall: self.clone(), seats: seats.into() })
    }

    /// Takes note of what was committed.
    pub fn apply(&self, changes: &[(Arc<str>, SeatBecomes)]) {
        let mut state = self.state.lock();
        for (seat, becomes) in changes {
            let Some(index) = self.facts.index(seat) else { continue };
            state.cells[usize::from(index)] = match becomes {
                SeatBecomes::Free => Cell::Free,
                SeatBecomes::Held => Cell::Held,
                SeatBecomes::Sold => Cell::Sold,
            };
        }
        state.sequence += 1;
        let Some(updates) = &state.updates else { return };
        let update = Update { sequence: state.sequence, seats: changes.to_vec() };
        if updates.send(Arc::new(Change::Update(update))).is_err() {
            // The last watcher has gone.
            state.updates = None;
        }
    }

    /// All seats that are not free.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_of(&self.state.lock())
    }

    /// All seats that are not free, and every change from then on.
    #[must_use]
    pub fn watch(&self) -> (Snapshot, Updates) {
        let mut state = self.state.lock();
        let updates = state.updates.get_or_insert_with(|| broadcast::channel(WATCHER_LAG).0).subscribe();
        if state.closed {
            state.updates = None;
        }
        (self.snapshot_of(&state), updates)
    }

    /// Whether somebody watches.
    #[must_use]
    pub fn watched(&self) -> bool {
        self.state.lock().updates.as_ref().is_some_and(|updates| updates.receiver_count() > 0)
    }

    /// Ends what watchers are told: the hall is read anew, and they have to ask for that one.
    pub fn close(&self) {
        let mut state = self.state.lock();
        state.updates = None;
        state.closed = true;
    }

    /// What is known of the seats.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    fn snapshot_of(&self, state: &State) -> Snapshot {
        let named = |wanted: Cell| {
            let cells = self.facts.seats().iter().zip(&state.cells);
            cells.filter(|(_, cell)| **cell == wanted).map(|(seat, _)| seat.name.clone()).collect()
        };
        Snapshot { sequence: state.sequence, held: named(Cell::Held), sold: named(Cell::Sold) }
    }
}

/// Seats kept for a purchase that is being decided; dropped, what was not committed comes free.
pub struct Hold {
    hall: Arc<Hall>,
    seats: Box<[SeatIndex]>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut state = self.hall.state.lock();
        for seat in &self.seats {
            if let Some(cell) = state.cells.get_mut(usize::from(*seat))
                && *cell == Cell::Wanted
            {
                *cell = Cell::Free;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::tests::proto;

    fn hall(claimed: &[(&str, bool)]) -> Arc<Hall> {
        let facts = Arc::new(Facts::from_proto(proto()).unwrap());
        let claim =
            |(seat, sold): &(&str, bool)| ClaimedSeat { seat: (*seat).to_owned(), order_id: 1, sold: *sold };
        let claimed: Vec<_> = claimed.iter().map(claim).collect();
        Arc::new(Hall::new(facts, &claimed, 1_000))
    }

    #[test]
    fn all_seats_or_none_are_kept() {
        let hall = hall(&[("A1", true)]);
        assert_eq!(hall.want(&[0, 1]).err(), Some(vec![0]));
        let hold = hall.want(&[1, 2]).unwrap();
        assert_eq!(hall.want(&[2, 3]).err(), Some(vec![2]));
        drop(hold);
        assert!(hall.want(&[2, 3]).is_ok());
    }

    #[test]
    fn a_purchase_that_was_committed_keeps_its_seats() {
        let hall = hall(&[]);
        let hold = hall.want(&[0]).unwrap();
        hall.apply(&[("A1".into(), SeatBecomes::Held)]);
        drop(hold);
        assert!(hall.want(&[0]).is_err());
        hall.apply(&[("A1".into(), SeatBecomes::Free)]);
        assert!(hall.want(&[0]).is_ok());
    }

    #[test]
    fn a_seat_outside_the_hall_is_never_kept() {
        assert_eq!(hall(&[]).want(&[999]).err(), Some(vec![999]));
    }

    #[test]
    fn a_watcher_gets_a_snapshot_and_every_change_after_it() {
        let hall = hall(&[("A1", true), ("A2", false)]);
        let (snapshot, mut updates) = hall.watch();
        assert_eq!((snapshot.sold, snapshot.held), (vec!["A1".into()], vec!["A2".into()]));
        hall.apply(&[("A2".into(), SeatBecomes::Sold)]);
        let Change::Update(update) = (*updates.try_recv().unwrap()).clone() else {
            panic!("one seat changed")
        };
        assert_eq!(update.sequence, snapshot.sequence + 1);
        assert_eq!(hall.snapshot().sold.len(), 2);
    }
}
