#!/usr/bin/env bash
# Checks the format, runs the lints with warnings as errors, and every test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ "${1:-}" == "-h" || "${1:-}" == "--help" ]]; then
  cat <<'HELP'
Usage: test.sh [--help]

Checks formatting, runs clippy with warnings as errors, and all tests.
Needs the Rust toolchain (cargo, rustfmt, clippy).
HELP
  exit 0
fi

command -v cargo >/dev/null || { echo "test.sh: cargo is missing; install Rust from https://rustup.rs" >&2; exit 1; }

cargo fmt --all --check
cargo clippy --workspace --all-targets -- -D warnings
cargo test --workspace
