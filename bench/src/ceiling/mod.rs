//! What the machine can do at best: servers that do nothing, and stores without a server.

mod disk;
mod grpc;
mod json;
mod sqlite;

pub use disk::append;
pub use grpc::EmptyCall;
pub use json::JsonEcho;
pub use sqlite::orders;

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::runtime::Handle;

/// The bare servers, on the same runtime as the system.
pub struct Bare {
    /// Answers empty gRPC calls.
    pub grpc: SocketAddr,
    /// Answers JSON with JSON.
    pub json: SocketAddr,
}

impl Bare {
    /// Starts both; they end with the runtime.
    ///
    /// # Errors
    /// A port that cannot be opened.
    pub async fn start(server: &Handle) -> anyhow::Result<Self> {
        let listen = || TcpListener::bind(("127.0.0.1", 0));
        let (grpc, json) = server.spawn(async move { tokio::try_join!(listen(), listen()) }).await??;
        let bare = Self { grpc: grpc.local_addr()?, json: json.local_addr()? };
        server.spawn(grpc::serve(grpc));
        server.spawn(json::serve(json));
        Ok(bare)
    }
}
