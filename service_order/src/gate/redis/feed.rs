//! A copy of a screening's seats for those who watch it, kept by the messages of whoever commits.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Deserialize;
use tokio::sync::broadcast;

use crate::committer::SeatBecomes;
use crate::gate::{Change, Snapshot, Update, Updates, WATCHER_LAG};

/// Messages kept while the first snapshot is read; more come only where nobody reads it any more.
const MOST_EARLY: usize = 1_024;

/// The seats of a screening that are not free.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seats {
    sequence: i64,
    /// Whether each is sold; otherwise it is held.
    sold: BTreeMap<Arc<str>, bool>,
}

impl Seats {
    /// From the fields of a gate; `None` where it is not whole.
    pub fn from_fields(fields: Vec<(String, String)>) -> Option<Self> {
        let (mut whole, mut seats) = (false, Self::default());
        for (field, value) in fields {
            match field.split_at_checked(2) {
                Some(("c:", seat)) if !value.starts_with('f') => {
                    seats.sold.insert(seat.into(), value.starts_with('s'));
                }
                _ if field == "#built" => whole = true,
                _ if field == "#seq" => seats.sequence = value.parse().ok()?,
                _ => {}
            }
        }
        whole.then_some(seats)
    }

    fn of(snapshot: &Snapshot) -> Self {
        let all =
            |seats: &[Arc<str>], sold| -> Vec<_> { seats.iter().map(|seat| (seat.clone(), sold)).collect() };
        let sold = all(&snapshot.held, false).into_iter().chain(all(&snapshot.sold, true)).collect();
        Self { sequence: snapshot.sequence, sold }
    }

    /// The same as a watcher is told.
    pub fn snapshot(&self) -> Snapshot {
        let named = |wanted| {
            let seats = self.sold.iter().filter(|(_, sold)| **sold == wanted);
            seats.map(|(seat, _)| seat.clone()).collect()
        };
        Snapshot { sequence: self.sequence, held: named(false), sold: named(true) }
    }

    fn apply(&mut self, changes: &[(Arc<str>, SeatBecomes)]) {
        for (seat, becomes) in changes {
            match becomes {
                SeatBecomes::Free => self.sold.remove(seat),
                SeatBecomes::Held => self.sold.insert(seat.clone(), false),
                SeatBecomes::Sold => self.sold.insert(seat.clone(), true),
            };
        }
    }
}

/// What whoever commits publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    sequence: i64,
    /// Empty where everything is to be read again.
    changes: Vec<(Arc<str>, SeatBecomes)>,
}

impl Published {
    /// Reads a message; `None` where it is none of ours.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Text {
            // Longer than a number of JSON is exact.
            sequence: String,
            #[serde(default)]
            changes: BTreeMap<String, String>,
        }
        let text: Text = serde_json::from_slice(payload).ok()?;
        let change = |(seat, state): (String, String)| {
            let becomes = match state.as_str() {
                "f" => SeatBecomes::Free,
                "h" => SeatBecomes::Held,
                "s" => SeatBecomes::Sold,
                _ => return None,
            };
            Some((seat.into(), becomes))
        };
        let changes = text.changes.into_iter().map(change).collect::<Option<_>>()?;
        Some(Self { sequence: text.sequence.parse().ok()?, changes })
    }
}

/// The seats for those who watch, if somebody does.
#[derive(Default)]
pub struct Feed {
    state: Mutex<State>,
    /// Held by who opens it.
    pub opening: tokio::sync::Mutex<()>,
}

#[derive(Default)]
enum State {
    #[default]
    Closed,
    /// Messages that came before the snapshot.
    Opening(Vec<Published>),
    Open(Open),
}

struct Open {
    seats: Seats,
    /// Whether Redis said it; otherwise the database, which knows no numbers.
    of_redis: bool,
    updates: broadcast::Sender<Arc<Change>>,
    /// At the last look: the number here and the number in Redis.
    looked: (i64, i64),
}

/// What is to be done after something was heard or looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Fine,
    /// Something was missed: everything is to be read again.
    ReadAgain,
}

impl Feed {
    /// Begins to listen, before the snapshot is read.
    pub fn begin(&self) {
        *self.state.lock() = State::Opening(Vec::new());
    }

    /// The snapshot is there; what came after it is told.
    pub fn open(&self, snapshot: &Snapshot, of_redis: bool) -> (Snapshot, Updates) {
        let mut state = self.state.lock();
        let early = match std::mem::take(&mut *state) {
            State::Opening(early) => early,
            State::Closed | State::Open(_) => Vec::new(),
        };
        let (updates, receiver) = broadcast::channel(WATCHER_LAG);
        let mut open = Open { seats: Seats::of(snapshot), of_redis, updates, looked: (0, 0) };
        // One that does not follow the others is found missing at the next look.
        early.iter().for_each(|published| _ = open.hear(published));
        let snapshot = open.seats.snapshot();
        *state = State::Open(open);
        (snapshot, receiver)
    }

    /// What is known, and what comes; `None` where it is to be opened first.
    pub fn join(&self) -> Option<(Snapshot, Updates)> {
        match &*self.state.lock() {
            State::Open(open) => Some((open.seats.snapshot(), open.updates.subscribe())),
            State::Closed | State::Opening(_) => None,
        }
    }

    /// Takes note of a message.
    pub fn hear(&self, published: Published) -> Next {
        match &mut *self.state.lock() {
            State::Open(open) => return open.hear(&published),
            State::Opening(early) if early.len() < MOST_EARLY => early.push(published),
            State::Closed | State::Opening(_) => {}
        }
        Next::Fine
    }

    /// Compares with what Redis has: what is missing at two looks was missed.
    pub fn look(&self, sequence: i64) -> Next {
        let State::Open(open) = &mut *self.state.lock() else { return Next::Fine };
        let before = std::mem::replace(&mut open.looked, (open.seats.sequence, sequence));
        let stuck = before.0 == open.seats.sequence && before.1 != before.0;
        let differs = sequence != open.seats.sequence;
        if differs && (stuck || !open.of_redis) { Next::ReadAgain } else { Next::Fine }
    }

    /// Everything was read again.
    pub fn replace(&self, snapshot: &Snapshot, of_redis: bool) {
        let State::Open(open) = &mut *self.state.lock() else { return };
        let mut seats = Seats::of(snapshot);
        if of_redis {
            let same = open.of_redis && seats.sequence == open.seats.sequence;
            // Overtaken by messages while it was read.
            let stale =
                open.of_redis && seats.sequence < open.seats.sequence && open.looked.0 != open.seats.sequence;
            if same || stale {
                return;
            }
        } else {
            if seats.sold == open.seats.sold {
                return;
            }
            seats.sequence = seats.sequence.max(open.seats.sequence + 1);
        }
        open.seats = seats;
        open.of_redis = of_redis;
        // Nobody there: it is closed at the next look.
        let _ = open.updates.send(Arc::new(Change::Snapshot(open.seats.snapshot())));
    }

    /// Whether it is open, or being opened.
    pub fn is_watched(&self) -> bool {
        !matches!(&*self.state.lock(), State::Closed)
    }

    /// Closes it if nobody watches any more; says whether it is closed now. Not while it is opened.
    pub fn close_if_left(&self) -> bool {
        let mut state = self.state.lock();
        if matches!(&*state, State::Open(open) if open.updates.receiver_count() > 0) {
            return false;
        }
        *state = State::Closed;
        true
    }
}

impl Open {
    fn hear(&mut self, published: &Published) -> Next {
        let next = self.seats.sequence + 1;
        if self.of_redis && published.sequence < next {
            return Next::Fine;
        }
        if !self.of_redis || published.sequence > next || published.changes.is_empty() {
            return Next::ReadAgain;
        }
        self.seats.apply(&published.changes);
        self.seats.sequence = published.sequence;
        let update = Update { sequence: published.sequence, seats: published.changes.clone() };
        let _ = self.updates.send(Arc::new(Change::Update(update)));
        Next::Fine
    }
}
