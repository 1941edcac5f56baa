//! End-to-end tests through HTTP, gRPC and the command line.
