//! The service kit: configuration, registry, servers, clients, authentication, databases.
