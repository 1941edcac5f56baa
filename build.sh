#!/usr/bin/env bash
# Builds the executable and puts it into bin/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

case "${1:-}" in
  "") ;;
  -h|--help) cat <<'HELP'; exit 0 ;;
Usage: build.sh [--help]

Builds the optimised executable and copies it to bin/marquee.
Needs the Rust toolchain and a C compiler (for SQLite, which is built along).
HELP
  *) echo "build.sh: $1 is not known; see build.sh --help" >&2; exit 2 ;;
esac

missing() { echo "build.sh: $1 is missing; $2" >&2; exit 1; }
command -v cargo >/dev/null || missing cargo "install Rust from https://rustup.rs"
command -v "${CC:-cc}" >/dev/null || missing "a C compiler" "install one, such as gcc or clang, or set CC"

cargo build --release --locked -p marquee
mkdir -p bin
# A running server keeps the file it was started from: the new one takes its name.
cp "${CARGO_TARGET_DIR:-target}/release/marquee" "bin/marquee.new.$$" # of two builds at once each has its own
mv "bin/marquee.new.$$" bin/marquee
echo "built: bin/marquee"
