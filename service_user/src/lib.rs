//! Accounts, credentials, tokens and roles.
