//! What is asked of a gate in Redis, each in one step.

use std::time::Duration;

use micro::redis::{Cmd, Failure, Redis, Script, cmd};

use super::Screening;
use super::feed::Seats;
use crate::committer::SeatStep;

/// A gate older than this is made anew while it is used: whatever
/// went wrong unnoticed lasts no longer than that.
pub const REFRESH: Duration = Duration::from_secs(60);
/// A gate younger than this is not believed by the seat map, milliseconds: after a
/// loss, a process that is connected again later than others has by then said that
/// it committed something meanwhile.
const YOUNG_MS: i64 = 1_000;
/// How long a seat that came free remembers whose it was, seconds: far longer
/// than a process takes to write what it committed.
const REMEMBER_S: u32 = 30;
/// How long a gate that nobody makes anew is kept, milliseconds.
const KEEP_MS: u32 = 48 * 60 * 60 * 1000;

/// Calls the scripts.
pub struct Scripts {
    redis: Redis,
    /// Whether channels live where their keys live.
    sharded: u8,
    want: Script,
    release: Script,
    apply: Script,
    begin: Script,
    finish: Script,
    look: Script,
}

/// What became of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The seats are kept.
    Kept {
        /// The gate is to be made anew.
        due: bool,
    },
    /// Positions of the seats that are not free.
    Taken {
        /// Positions in the wish.
        at: Vec<usize>,
        /// The gate is to be made anew.
        due: bool,
    },
    /// There is no gate.
    Missing,
}

/// How a gate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Number of the last change.
    pub sequence: i64,
    /// How long it has been whole, milliseconds.
    age_ms: i64,
}

impl Look {
    /// Whether the gate is to be made anew.
    pub fn due(self) -> bool {
        self.age_ms > milliseconds(REFRESH)
    }

    /// Whether every process has had the time to say what it says wrong.
    pub fn settled(self) -> bool {
        self.age_ms >= YOUNG_MS
    }
}

/// Whether a gate can be made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It is forgotten and can be written.
    Empty,
    /// Somebody else is doing it.
    Another,
    /// It is good as it is.
    Good,
}

/// One step of one seat: seat, order, step.
pub type Step<'a> = (&'a str, i64, SeatStep);

impl Scripts {
    pub fn new(redis: Redis) -> Self {
        Self {
            sharded: u8::from(redis.is_cluster()),
            redis,
            want: Script::new(include_str!("lua/want.lua")),
            release: Script::new(include_str!("lua/release.lua")),
            apply: Script::new(include_str!("lua/apply.lua")),
            begin: Script::new(include_str!("lua/begin.lua")),
            finish: Script::new(include_str!("lua/finish.lua")),
            look: Script::new(include_str!("lua/look.lua")),
        }
    }

    #[cfg(test)]
    pub fn redis(&self) -> &Redis {
        &self.redis
    }

    /// Keeps seats for at most `life_ms`: all or none.
    pub async fn want(
        &self,
        of: &Screening,
        token: &str,
        life_ms: u64,
        seats: &[&str],
    ) -> Result<Wanted, Failure> {
        let arguments = |call: &mut Cmd| {
            call.arg(token).arg(life_ms).arg(milliseconds(REFRESH)).arg(seats);
        };
        let answer: Vec<i64> = self.redis.run(&self.want, &[&of.key], arguments).await?;
        Ok(match answer.as_slice() {
            [1, due, ..] => Wanted::Kept { due: *due == 1 },
            [0, due, at @ ..] => {
                let at = at.iter().filter_map(|at| usize::try_from(*at).ok()).collect();
                Wanted::Taken { at, due: *due == 1 }
            }
            _ => Wanted::Missing,
        })
    }

    /// Lets go of seats that were kept.
    pub async fn release(&self, key: &str, token: &str, seats: &[impl AsRef<str>]) -> Result<(), Failure> {
        let arguments = |call: &mut Cmd| {
            call.arg(token);
            seats.iter().for_each(|seat| _ = call.arg(seat.as_ref()));
        };
        self.redis.run(&self.release, &[key], arguments).await
    }

    /// Takes note of what was committed; `false` where there is no gate: one is to be made.
    pub async fn apply(&self, of: &Screening, steps: &[Step<'_>]) -> Result<bool, Failure> {
        self.write(of, "", steps).await
    }

    /// Begins to make a gate anew.
    pub async fn begin(&self, of: &Screening, fence: i64) -> Result<Begun, Failure> {
        let arguments = |call: &mut Cmd| {
            call.arg(fence).arg(milliseconds(REFRESH)).arg(REMEMBER_S).arg(KEEP_MS);
        };
        let answer: i64 = self.redis.run(&self.begin, &[&of.key], arguments).await?;
        Ok(match answer {
            1 => Begun::Empty,
            2 => Begun::Good,
            _ => Begun::Another,
        })
    }

    /// Writes what the database has; `false` where another has begun, or it was lost again.
    pub async fn fill(&self, of: &Screening, fence: i64, steps: &[Step<'_>]) -> Result<bool, Failure> {
        self.write(of, &fence.to_string(), steps).await
    }

    /// The gate has everything; `false` as with [`fill`](Self::fill).
    pub async fn finish(&self, of: &Screening, fence: i64) -> Result<bool, Failure> {
        let arguments = |call: &mut Cmd| {
            call.arg(fence).arg(self.sharded).arg(KEEP_MS);
        };
        self.redis.run(&self.finish, &[&of.key, &of.channel], arguments).await
    }

    /// How the gate is, if there is one.
    pub async fn look(&self, of: &Screening) -> Result<Option<Look>, Failure> {
        let answer: Vec<i64> = self.redis.run(&self.look, &[&of.key], |_| {}).await?;
        Ok(match answer.as_slice() {
            [sequence, age_ms] => Some(Look { sequence: *sequence, age_ms: *age_ms }),
            _ => None,
        })
    }

    /// All seats that are not free, if there is a gate.
    pub async fn read(&self, of: &Screening) -> Result<Option<Seats>, Failure> {
        let fields: Vec<(String, String)> = self.redis.query(&of.key, cmd("HGETALL").arg(&of.key)).await?;
        Ok(Seats::from_fields(fields))
    }

    /// Has nobody believe the gate any more, not even who is making it anew.
    pub async fn invalidate(&self, of: &Screening) -> Result<(), Failure> {
        let mut forget = cmd("HDEL");
        forget.arg(&of.key).arg("#built").arg("#fence");
        self.redis.query(&of.key, &forget).await
    }

    async fn write(&self, of: &Screening, fence: &str, steps: &[Step<'_>]) -> Result<bool, Failure> {
        let arguments = |call: &mut Cmd| {
            call.arg(fence).arg(self.sharded).arg(REMEMBER_S);
            for (seat, order_id, step) in steps {
                call.arg(*seat).arg(*order_id).arg(*step as i32);
            }
        };
        self.redis.run(&self.apply, &[&of.key, &of.channel], arguments).await
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
