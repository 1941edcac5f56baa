#!/usr/bin/env bash
# Prints the path of axe-core, which checks pages for accessibility; fetched on first use.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

version=4.14.1
sha512=1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5
url="https://registry.npmjs.org/axe-core/-/axe-core-$version.tgz"
to="$(dirname "$(dirname "$here")")/target/tools/axe-core-$version"

if [[ "${1:-}" == "-h" || "${1:-}" == "--help" ]]; then
  cat <<HELP
Usage: tests/tools/axe.sh [--help]

Unpacks axe-core $version from the npm registry under target/tools where it is
missing, its SHA-512 checked, and prints the path of its script. Needs curl,
sha512sum and tar.
HELP
  exit 0
fi

fail() { echo "tests/tools/axe.sh: $*" >&2; exit 1; }

if [[ ! -f "$to/axe.min.js" ]]; then
  for tool in curl sha512sum tar; do command -v "$tool" >/dev/null || fail "$tool is missing; install it"; done
  # In a folder of its own until it is whole: tests may ask at the same time.
  mkdir -p "$(dirname "$to")"
  part="$(mktemp -d "$to.XXXXXX")"
  trap 'rm -rf "$part"' EXIT
  curl -sSfL --retry 3 -o "$part/axe.tgz" "$url" || fail "$url cannot be fetched: is the npm registry reachable?"
  echo "$sha512  $part/axe.tgz" | sha512sum --check --quiet >&2 || fail "$url is not what it was: its SHA-512 differs"
  tar -xzf "$part/axe.tgz" -C "$part" package/axe.min.js package/LICENSE
  mv -T "$part/package" "$to" 2>/dev/null || [[ -f "$to/axe.min.js" ]] || fail "$to cannot be written"
fi
echo "$to/axe.min.js"
