//! A request's body that is checked on its way: that it is one message, and not too long.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use micro::Problem;
use tonic::{Code, Status};

use crate::limits::Held;
use crate::transcode::FRAME_HEADER;

/// Why a body was refused, for who waits for the answer: the other side may only
/// get to know that the body broke off.
#[derive(Clone, Default)]
pub struct Refusal(Arc<OnceLock<Fault>>);

impl Refusal {
    /// The refusal; nothing where all is well so far.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        self.0.get().map(|fault| fault.problem())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Not one whole message, and what is wrong with it.
    Malformed(&'static str),
    /// Over so many bytes.
    TooLarge(usize),
    /// There is no room for it.
    Overloaded,
}

impl Fault {
    fn problem(self) -> Problem {
        match self {
            Self::Malformed(what) => Problem::invalid("MESSAGE_INVALID", what),
            Self::TooLarge(limit) => {
                let message = format!("the request is over {limit} bytes");
                Problem::new(Code::ResourceExhausted, "BODY_TOO_LARGE", message).with("max_bytes", limit)
            }
            Self::Overloaded => Problem::overloaded(),
        }
    }
}

/// Passes on a body that is one message; ends with an error where it is not.
pub struct CheckedBody {
    inner: tonic::body::Body,
    framing: Framing,
    held: Held,
    refusal: Refusal,
}

impl CheckedBody {
    /// Lets one message of at most `limit` bytes through, compressed where its encoding is `named`.
    pub fn new(inner: tonic::body::Body, limit: usize, named: bool, held: Held) -> Self {
        let framing = Framing { head: [0; FRAME_HEADER], read: 0, limit, named };
        Self { inner, framing, held, refusal: Refusal::default() }
    }

    /// Where to learn why it was refused.
    pub fn refusal(&self) -> Refusal {
        self.refusal.clone()
    }

    fn check(&mut self, frame: Option<&Result<Frame<Bytes>, Status>>) -> Result<(), Fault> {
        match frame {
            None => self.framing.end(),
            Some(Err(_)) => Err(Fault::Malformed("the body cannot be read, or ended before it was complete")),
            Some(Ok(frame)) => match frame.data_ref() {
                Some(data) => {
                    self.framing.take(data)?;
                    self.held.take(data.len()).map_err(|_| Fault::Overloaded)
                }
                None => self.framing.end(),
            },
        }
    }
}

impl Body for CheckedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        match self.check(frame.as_ref()) {
            Ok(()) => Poll::Ready(frame),
            Err(fault) => {
                let fault = *self.refusal.0.get_or_init(|| fault);
                Poll::Ready(Some(Err(fault.problem().into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream() && self.framing.end().is_ok()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// How far a message has come.
struct Framing {
    /// Its flag and length.
    head: [u8; FRAME_HEADER],
    /// Bytes read, those of the head among them.
    read: usize,
    limit: usize,
    /// Whether an encoding of the message was named.
    named: bool,
}

impl Framing {
    fn take(&mut self, data: &[u8]) -> Result<(), Fault> {
        let incomplete = self.head.get_mut(self.read..).unwrap_or_default();
        let begun = incomplete.len();
        let more = begun.min(data.len());
        incomplete[..more].copy_from_slice(&data[..more]);
        self.read = self.read.saturating_add(data.len());
        if begun > 0 && self.read >= FRAME_HEADER {
            match self.head[0] {
                0 => {}
                1 if self.named => {}
                1 => return Err(Fault::Malformed("the message is compressed, but grpc-encoding is missing")),
                _ => return Err(Fault::Malformed("the message has a flag that means nothing")),
            }
        }
        let whole = self.length().map_or(self.read, |length| length.max(self.read));
        if whole > self.limit.saturating_add(FRAME_HEADER) {
            return Err(Fault::TooLarge(self.limit));
        }
        Ok(())
    }

    fn end(&self) -> Result<(), Fault> {
        match self.length() {
            Some(length) if self.read >= length => Ok(()),
            Some(_) => Err(Fault::Malformed("the message is shorter than it says")),
            None if self.read == 0 => Err(Fault::Malformed("there is no message")),
            None => Err(Fault::Malformed("the message has no complete header")),
        }
    }

    /// Bytes of the whole, once the head has come.
    fn length(&self) -> Option<usize> {
        let [_, length @ ..] = self.head;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        (self.read >= FRAME_HEADER).then(|| length.saturating_add(FRAME_HEADER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framing() -> Framing {
        Framing { head: [0; FRAME_HEADER], read: 0, limit: 10, named: false }
    }

    #[test]
    fn a_message_may_come_in_any_pieces() {
        let message = [0, 0, 0, 0, 3, b'a', b'b', b'c'];
        for size in 1..=message.len() {
            let mut framing = framing();
            for piece in message.chunks(size) {
                assert!(framing.end().is_err());
                framing.take(piece).unwrap();
            }
            framing.end().unwrap();
        }
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_it_comes() {
        let mut framing = framing();
        framing.take(&[0, 0, 0, 0]).unwrap();
        assert_eq!(framing.take(&[11]), Err(Fault::TooLarge(10)));
        assert_eq!(self::framing().take(&[0, 0, 0, 0, 10]), Ok(()));
        assert_eq!(self::framing().take(&[0; 16]), Err(Fault::TooLarge(10)));
    }
}
