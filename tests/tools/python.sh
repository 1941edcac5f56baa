#!/usr/bin/env bash
# Prints the path of a Python that has the tools of requirements.txt, made on first use.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
wanted="$here/requirements.txt"
venv="$(dirname "$(dirname "$here")")/target/tools/python"

if [[ "${1:-}" == "-h" || "${1:-}" == "--help" ]]; then
  cat <<'HELP'
Usage: tests/tools/python.sh [--help]

Makes a Python environment in target/tools/python with the pinned tools of
tests/tools/requirements.txt, where it is missing or they have changed, and
prints the path of its python. Needs Python 3.10 or newer with venv, and
a package index that pip reaches on the first run.
HELP
  exit 0
fi

fail() { echo "tests/tools/python.sh: $*" >&2; exit 1; }

python="$venv/bin/python"
[[ "${OS:-}" == Windows_NT ]] && python="$venv/Scripts/python.exe"
mkdir -p "$(dirname "$venv")"
# Tests may ask at the same time: the first one makes it, the others wait.
if command -v flock >/dev/null; then
  exec 9>"$venv.lock"
  flock 9
fi

if ! cmp -s "$wanted" "$venv/installed.txt" || ! "$python" -c "" 2>/dev/null; then
  base="$(command -v python3 || command -v python)" ||
    fail "Python is missing; install it (Debian: apt-get install python3 python3-venv)"
  "$base" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "$base is too old; the tools need Python 3.10 or newer"
  rm -rf "$venv"
  "$base" -m venv "$venv" >&2 ||
    fail "$base cannot make environments (Debian: apt-get install python3-venv)"
  "$python" -m pip install --quiet --disable-pip-version-check -r "$wanted" >&2 ||
    fail "the tools of $wanted could not be installed: is the package index reachable?"
  cp "$wanted" "$venv/installed.txt"
fi
echo "$python"
