//! The messages of the protocol, compiled from `proto/skywalking.proto`.
#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "written by a compiler")]

tonic::include_proto!("skywalking.v3");
