//! Whether a gateway answers that all is well.

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

/// Asks `/healthz` once.
pub async fn is_healthy(address: SocketAddr) -> bool {
    matches!(timeout(PATIENCE, ask(address)).await, Ok(Ok(true)))
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

async fn ask(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(FIRST_BYTES).read_to_end(&mut answer).await?;
    Ok(answer.starts_with(b"HTTP/1.1 200"))
}
