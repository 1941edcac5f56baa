//! How many bytes of requests the gateway holds at a time.

use std::sync::Arc;

use micro::Problem;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Memory for requests that are still coming, or whose answer is.
#[derive(Clone)]
pub struct Memory(Arc<Semaphore>);

impl Memory {
    /// Room for so many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// For one request; nothing is taken yet.
    #[must_use]
    pub fn hold(&self) -> Held {
        Held { memory: self.clone(), taken: None }
    }
}

/// What one request takes, until it is dropped.
pub struct Held {
    memory: Memory,
    taken: Option<OwnedSemaphorePermit>,
}

impl Held {
    /// Takes room for bytes that have come.
    ///
    /// # Errors
    /// `OVERLOADED` where there is none.
    pub fn take(&mut self, bytes: usize) -> Result<(), Problem> {
        let bytes = u32::try_from(bytes).map_err(|_| Problem::overloaded())?;
        let more = self.memory.0.clone().try_acquire_many_owned(bytes);
        let more = more.map_err(|_| Problem::overloaded())?;
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_makes_room() {
        let memory = Memory::new(100);
        let (mut first, mut second) = (memory.hold(), memory.hold());
        first.take(40).unwrap();
        first.take(50).unwrap();
        assert_eq!(second.take(11).unwrap_err().reason(), "OVERLOADED");
        second.take(10).unwrap();
        drop(first);
        second.take(90).unwrap();
    }
}
