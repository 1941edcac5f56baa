//! Whether a server answers that all is well.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause before it is asked again.
const PAUSE: Duration = Duration::from_millis(5);
/// All that is read of an answer: its first line is shorter.
const FIRST_BYTES: u64 = 64;

/// What answers at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A server that is well.
    Well,
    /// Something that answers otherwise, or nothing.
    Other,
    /// Something that takes connections and says nothing.
    Silent,
}

/// Asks `path` once.
pub async fn ask(address: SocketAddr, path: &str) -> Answer {
    let Ok(Ok(stream)) = timeout(PATIENCE, TcpStream::connect(address)).await else { return Answer::Other };
    match timeout(PATIENCE, status(stream, address, path)).await {
        Ok(Ok(line)) if line.starts_with(b"HTTP/1.1 200") => Answer::Well,
        Ok(_) => Answer::Other,
        Err(_) => Answer::Silent,
    }
}

/// Asks `/healthz` once.
pub async fn is_healthy(address: SocketAddr) -> bool {
    ask(address, "/healthz").await == Answer::Well
}

/// Asks until the answer is good; says whether it was within `patience`.
pub async fn wait(address: SocketAddr, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    while !is_healthy(address).await {
        if Instant::now() > until {
            return false;
        }
        sleep(PAUSE).await;
    }
    true
}

/// The first line of the answer.
async fn status(mut stream: TcpStream, address: SocketAddr, path: &str) -> io::Result<Vec<u8>> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(FIRST_BYTES).read_to_end(&mut answer).await?;
    Ok(answer)
}
