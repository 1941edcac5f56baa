//! Making an HTTP/2 connection that is known to work.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Authority;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tower::ServiceExt;

use super::replay;
use crate::gathering::Gathering;

/// How long a node may take to take a connection; a near one takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// Silence after which the system asks whether a peer's machine is still there, seconds.
const TCP_KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Silence after which a node of this system is asked whether it is still there.
///
/// Others are not asked: servers of gRPC end connections of clients that ask often.
const PING_AFTER: Duration = Duration::from_secs(15);
/// How long it may take to say so.
const PONG_WITHIN: Duration = Duration::from_secs(5);
/// Bytes a node may send ahead on one call.
const STREAM_WINDOW: u32 = 1024 * 1024;
/// Bytes a node may send ahead on all calls of a connection.
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;
/// Bytes of all headers of an answer: errors carry their details there.
const MAX_HEADER_BYTES: u32 = 64 * 1024;

/// Sends requests on a connection.
pub type Sender = SendRequest<replay::Attempt>;

/// Where a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Host and port.
    pub authority: Authority,
    /// Whether it runs this kit.
    pub ours: bool,
}

/// Why there is no connection.
#[derive(Debug, Clone, thiserror::Error)]
#[error("no connection to {target}: {problem}")]
pub struct ConnectError {
    target: Authority,
    problem: Arc<str>,
}

impl ConnectError {
    /// An error of this target.
    pub fn new(target: &Target, problem: &(impl ToString + ?Sized)) -> Self {
        Self { target: target.authority.clone(), problem: problem.to_string().into() }
    }
}

/// Connects, and waits until the server has spoken: a connection that only the
/// system has taken, for a process that is ending, would lose the first requests.
///
/// # Errors
/// No connection in time.
pub async fn connect(target: &Target) -> Result<Sender, ConnectError> {
    match tokio::time::timeout(PATIENCE, establish(target)).await {
        Ok(connected) => connected.map_err(|problem| ConnectError::new(target, &problem)),
        Err(_) => Err(ConnectError::new(target, "it takes too long")),
    }
}

async fn establish(target: &Target) -> Result<Sender, crate::BoxError> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_keepalive(Some(TCP_KEEP_ALIVE));
    let uri =
        Uri::builder().scheme("http").authority(target.authority.clone()).path_and_query("/").build()?;
    let stream = connector.oneshot(uri).await.map_err(|error| deepest(&error))?.into_inner();
    let (spoken, has_spoken) = oneshot::channel();
    let stream = Listening { stream, spoken: Some(spoken) };
    let (sender, connection) = builder(target).handshake(TokioIo::new(Gathering::new(stream))).await?;
    let name = target.authority.clone();
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(node = %name, %error, "the connection has ended");
        }
    });
    has_spoken.await.map_err(|_| "it was closed at once")?;
    Ok(sender)
}

fn builder(target: &Target) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(MAX_HEADER_BYTES);
    if target.ours {
        builder.keep_alive_interval(PING_AFTER).keep_alive_timeout(PONG_WITHIN).keep_alive_while_idle(true);
    }
    builder
}

/// What went wrong at the bottom: `Connection refused`, not `tcp connect error`.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

/// A stream that tells when the other side has said something, and that hears
/// it out: a server that closes has said before which calls it has answered, and
/// which it will not. So it is no error that it reads no more; what it said is
/// read to its end.
struct Listening {
    stream: TcpStream,
    spoken: Option<oneshot::Sender<()>>,
}

impl Listening {
    /// What is written to a side that reads no more goes nowhere.
    fn lenient(written: Poll<io::Result<usize>>, whole: usize) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Err(error)) if is_closed(&error) => Poll::Ready(Ok(whole)),
            written => written,
        }
    }
}

fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset)
}

impl AsyncRead for Listening {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before
            && let Some(spoken) = self.spoken.take()
        {
            // Nobody listens any more where it took too long.
            let _ = spoken.send(());
        }
        read
    }
}

impl AsyncWrite for Listening {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, data);
        Self::lenient(written, data.len())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Other systems throw away what has come when a connection is reset.
    #[tokio::test]
    async fn a_side_that_closes_is_heard_out() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (spoken, has_spoken) = oneshot::channel();
        let mut client = Listening { stream, spoken: Some(spoken) };
        let mut server = listener.accept().await.unwrap().0;
        client.write_all(b"never read").await.unwrap();
        server.readable().await.unwrap();
        server.write_all(b"last words").await.unwrap();
        drop(server);
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
            client.write_all(b"and on and on").await.unwrap();
        }
        let mut heard = [0; 10];
        client.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"last words");
        has_spoken.await.unwrap();
        assert!(!matches!(client.read(&mut heard).await, Ok(1..)), "and then it has ended");
    }
}
