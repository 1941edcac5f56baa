//! What is found out of a request while it is answered, for its line in the log.
//!
//! The one line of a request is written where it came into this process. What is only known
//! further in is noted here: by the entry layer who calls, by handlers which order it is about,
//! and by a refusal its reason. From another process of the system the ids come back as headers
//! of its answer, which no client gets to see.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};
use parking_lot::Mutex;

use crate::current::Current;

const USER: HeaderName = HeaderName::from_static("x-marquee-user");
const ORDER: HeaderName = HeaderName::from_static("x-marquee-order");

/// What was found out of a request.
#[derive(Debug, Default)]
pub struct Seen {
    /// 0 where nobody is known.
    user_id: AtomicI64,
    /// 0 where none is known.
    order_id: AtomicI64,
    /// Why it was refused last; somebody may have coped with it.
    reason: Mutex<Option<String>>,
}

impl Seen {
    /// The account whose token was verified.
    #[must_use]
    pub fn user_id(&self) -> Option<i64> {
        known(&self.user_id)
    }

    /// The order it is about.
    #[must_use]
    pub fn order_id(&self) -> Option<i64> {
        known(&self.order_id)
    }

    /// Why it was refused, where it was.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.reason.lock().clone()
    }

    /// Notes why it is refused.
    pub fn refused(&self, reason: &str) {
        *self.reason.lock() = Some(reason.to_owned());
    }

    pub(crate) fn is_of_user(&self, user_id: i64) {
        self.user_id.store(user_id, Ordering::Relaxed);
    }

    /// Tells a process that called this one.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        for (name, id) in [(USER, self.user_id()), (ORDER, self.order_id())] {
            if let Some(id) = id {
                headers.insert(name, HeaderValue::from(id));
            }
        }
    }

    fn learn(&self, headers: &HeaderMap) {
        for (name, id) in [(USER, &self.user_id), (ORDER, &self.order_id)] {
            let told = headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
            if let Some(told) = told {
                id.store(told, Ordering::Relaxed);
            }
        }
    }
}

fn known(id: &AtomicI64) -> Option<i64> {
    Some(id.load(Ordering::Relaxed)).filter(|id| *id != 0)
}

/// The request that this task works for is about that order.
pub fn order(order_id: i64) {
    note(|seen| seen.order_id.store(order_id, Ordering::Relaxed));
}

/// The request that this task works for is refused.
pub fn refused(reason: &str) {
    note(|seen| seen.refused(reason));
}

/// Takes out of an answer what another process found out; believed only of one of this system.
pub(crate) fn told(headers: &mut HeaderMap, trusted: bool) {
    if trusted {
        note(|seen| seen.learn(headers));
    }
    headers.remove(USER);
    headers.remove(ORDER);
}

fn note(what: impl FnOnce(&Seen)) {
    Current::look(|current| current.seen.as_deref().map(what));
}

/// What the request is that this task works for, where it came in from elsewhere in this process.
pub(crate) fn of_caller() -> Option<Arc<Seen>> {
    Current::look(|current| current.seen.clone()).flatten()
}
