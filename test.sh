#!/usr/bin/env bash
# Checks the format, runs the lints with warnings as errors, and every test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ "${1:-}" == "-h" || "${1:-}" == "--help" ]]; then
  cat <<'HELP'
Usage: test.sh [--help]

Checks formatting, runs clippy with warnings as errors, and all tests.
Needs the Rust toolchain (cargo, rustfmt, clippy), a C compiler, Python 3 with
venv, and the servers that tests start for themselves: PostgreSQL, Redis,
Consul, Chromium. What is missing of the servers is installed on Debian when
run as root (tests/tools/servers.sh). Real film records are read from
../shared/data.
HELP
  exit 0
fi

command -v cargo >/dev/null || { echo "test.sh: cargo is missing; install Rust from https://rustup.rs" >&2; exit 1; }
command -v cc >/dev/null || { echo "test.sh: a C compiler is missing (Debian: apt-get install gcc)" >&2; exit 1; }
command -v python3 >/dev/null || { echo "test.sh: python3 is missing (Debian: apt-get install python3-venv)" >&2; exit 1; }

tests/tools/servers.sh
cargo fmt --all --check
cargo clippy --workspace --all-targets -- -D warnings
# Builds the executable too, which the end-to-end tests run.
cargo test --workspace
