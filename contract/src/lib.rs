//! The wire contract of every service, compiled from the proto files.
//!
//! The proto files stand beside the service that owns them; they are compiled
//! together here because services call each other in both directions and the
//! gateway needs all of them at once.

pub mod check;

pub use check::{Validate, Violation};

/// Generated from `service_user/proto/user.proto`.
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub mod user {
    tonic::include_proto!("user");
}

/// Generated from `service_film/proto/film.proto`.
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub mod film {
    tonic::include_proto!("film");
}

/// Generated from `service_order/proto/order.proto`.
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub mod order {
    tonic::include_proto!("order");
}

/// Options of fields and methods, from `contract/proto/marquee`.
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub mod marquee {
    tonic::include_proto!("marquee");
}

/// Google's annotations, as far as they are used here.
pub mod google {
    /// `google.api`.
    #[allow(missing_docs, clippy::all, clippy::pedantic)]
    pub mod api {
        tonic::include_proto!("google.api");
    }
}

pub use marquee::Access;

/// What the contract says of one RPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// gRPC path, `/order.OrderService/Buy`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Whether it changes nothing.
    pub read_only: bool,
    /// Whether it honours an idempotency key.
    pub idempotency_key: bool,
    /// Whether it answers with a stream.
    pub streaming: bool,
}

#[allow(missing_docs)]
mod methods {
    use super::{Method, marquee};
    include!(concat!(env!("OUT_DIR"), "/methods.rs"));
}
pub use methods::METHODS;

/// The compiled proto files with their comments, an encoded `FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
