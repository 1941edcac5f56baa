#!/usr/bin/env bash
# Checks the format, runs the lints with warnings as errors, and every test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

case "${1:-}" in
  "") ;;
  -h|--help) cat <<'HELP'; exit 0 ;;
Usage: test.sh [--help]

Checks formatting, runs clippy with warnings as errors, and all tests.
Needs the Rust toolchain (cargo, rustfmt, clippy), a C compiler, Python 3 with
venv, and the servers that tests start for themselves: PostgreSQL, Redis,
Consul, Prometheus, Chromium with chromedriver; axe-core is taken from the npm
registry once. What is missing of the servers is installed on Debian when run as
root (tests/tools/servers.sh). Real film records are read from ../shared/data.
HELP
  *) echo "test.sh: $1 is not known; see test.sh --help" >&2; exit 2 ;;
esac

command -v cargo >/dev/null || { echo "test.sh: cargo is missing; install Rust from https://rustup.rs" >&2; exit 1; }
command -v cc >/dev/null || { echo "test.sh: a C compiler is missing (Debian: apt-get install gcc)" >&2; exit 1; }
command -v python3 >/dev/null || { echo "test.sh: python3 is missing (Debian: apt-get install python3-venv)" >&2; exit 1; }

tests/tools/servers.sh
cargo fmt --all --check
# Builds the executable too, which the end-to-end tests run.
cargo test --workspace --no-run
# Lints compile everything once more, in their own way. Tests often wait: lints have the time that is left over. They
# begin when the tests have the build folder behind them, which they would lock.
lints="$(mktemp)"
(sleep 10 && exec nice -n 19 cargo clippy --workspace --all-targets -- -D warnings) >"$lints" 2>&1 &
clippy=$!
trap 'kill "$clippy" 2>/dev/null || true; rm -f "$lints"' EXIT
failed=0
cargo test --workspace || failed=$?
wait "$clippy" || { cat "$lints" >&2; failed=1; }
exit "$failed"
