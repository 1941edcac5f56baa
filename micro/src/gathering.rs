//! Writing together what is ready at the same time.
//!
//! On a connection that carries many calls, each call that has something to say
//! wakes the connection, which would write at once: one system call, one packet
//! and one wake of the other side for each. So the connection lets those go first
//! that are ready as well, and then writes for all of them. No timer is involved:
//! alone, a call waits for nobody.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are gathered at most; what is longer is written as it comes.
const MOST: usize = 32 * 1024;

/// A stream that is written to in this way.
pub struct Gathering<S> {
    stream: S,
    gathered: Vec<u8>,
    /// How much of it is written.
    written: usize,
    /// Whether the others have been let go first.
    waited: bool,
}

impl<S: AsyncWrite + Unpin> Gathering<S> {
    /// An open stream.
    pub fn new(stream: S) -> Self {
        Self { stream, gathered: Vec::new(), written: 0, waited: false }
    }

    /// Writes what was gathered.
    fn poll_written(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest @ [_, ..]) = self.gathered.get(self.written..) {
            let count = ready!(Pin::new(&mut self.stream).poll_write(context, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += count;
        }
        self.gathered.clear();
        self.written = 0;
        self.waited = false;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gathering<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gathering<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.gathered.len() + data.len() > MOST {
            ready!(self.poll_written(context))?;
        }
        if data.len() > MOST {
            return Pin::new(&mut self.stream).poll_write(context, data);
        }
        self.gathered.extend_from_slice(data);
        Poll::Ready(Ok(data.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.gathered.is_empty() && !self.waited {
            self.waited = true;
            // Woken while it runs, a task goes behind those that are ready.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        ready!(self.poll_written(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_written(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Pieces of different lengths, longer ones than are gathered among them.
    fn pieces() -> impl Iterator<Item = Vec<u8>> {
        [1, 700, MOST - 1, MOST, MOST + 1, 3 * MOST, 5]
            .into_iter()
            .zip(b'a'..)
            .map(|(len, byte)| vec![byte; len])
    }

    #[tokio::test]
    async fn all_arrives_as_it_was_written() {
        let (ours, mut theirs) = tokio::io::duplex(100);
        let mut ours = Gathering::new(ours);
        let writing = tokio::spawn(async move {
            for piece in pieces() {
                ours.write_all(&piece).await.unwrap();
            }
            ours.shutdown().await.unwrap();
        });
        let mut read = Vec::new();
        theirs.read_to_end(&mut read).await.unwrap();
        writing.await.unwrap();
        assert!(read == pieces().flatten().collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn what_is_flushed_is_written_though_nothing_follows() {
        let (ours, mut theirs) = tokio::io::duplex(100);
        let mut ours = Gathering::new(ours);
        ours.write_all(b"one").await.unwrap();
        ours.write_all(b"two").await.unwrap();
        ours.flush().await.unwrap();
        let mut read = [0; 6];
        theirs.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"onetwo");
    }

    #[tokio::test]
    async fn a_side_that_has_gone_is_an_error() {
        let (ours, theirs) = tokio::io::duplex(100);
        let mut ours = Gathering::new(ours);
        drop(theirs);
        ours.write_all(b"one").await.unwrap();
        assert_eq!(ours.flush().await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
