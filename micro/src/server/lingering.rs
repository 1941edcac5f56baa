//! Closing a connection without taking back what was said.
//!
//! A system that closes a connection while the other side is still sending
//! answers with a reset, and a reset can overtake answers that were sent before.
//! So the last words are said, and then what still comes is read and thrown
//! away until the other side has closed as well.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// How long the other side may take to close: it has the last words within a round trip.
const PATIENCE: Duration = Duration::from_secs(1);
/// Bytes thrown away at a time.
const CHUNK: usize = 8 * 1024;

/// A stream that is closed in this way.
pub struct Lingering {
    stream: TcpStream,
    /// Once all is said: until when the other side is waited for.
    until: Option<Pin<Box<Sleep>>>,
}

impl Lingering {
    /// An open stream.
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, until: None }
    }
}

impl AsyncRead for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let until = match &mut this.until {
            Some(until) => until,
            none => {
                ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
                none.insert(Box::pin(tokio::time::sleep(PATIENCE)))
            }
        };
        if until.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        let mut chunk = [0; CHUNK];
        loop {
            let mut buffer = ReadBuf::new(&mut chunk);
            match ready!(Pin::new(&mut this.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                // Closed, or gone: there is nobody left to do wrong.
                _ => return Poll::Ready(Ok(())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn the_last_words_arrive_though_the_other_side_is_still_talking() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let mut server = Lingering::new(listener.accept().await.unwrap().0);
        client.write_all(b"not read before the end").await.unwrap();
        let server = tokio::spawn(async move {
            server.write_all(b"last words").await.unwrap();
            server.shutdown().await.unwrap();
        });
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
            client.write_all(b"and on and on").await.unwrap();
        }
        let mut heard = String::new();
        client.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "last words");
        assert!(!server.is_finished(), "it waits for the other side");
        drop(client);
        server.await.unwrap();
    }

    #[tokio::test]
    async fn a_side_that_never_closes_is_not_waited_for_longer() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let mut server = Lingering::new(listener.accept().await.unwrap().0);
        tokio::time::timeout(PATIENCE * 10, server.shutdown()).await.unwrap().unwrap();
    }
}
