//! The gateway as its clients see it: HTTP, gRPC and the documents it gives out.
//!
//! One executable: each more would link the whole product again.
#![allow(clippy::unwrap_used)]

mod common;
mod discovery;
mod edge;
mod forms;
mod greeter;
mod grpc;
mod manage;
mod openapi;
mod openapi_schemas;
mod openapi_tools;
mod order_pages;
mod people;
mod purchase;
mod screening_page;
mod staff_pages;
