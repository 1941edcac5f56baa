//! The edge: HTTP and gRPC in, routing, limits, API documents.
