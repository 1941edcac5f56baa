#!/usr/bin/env bash
# Stops the system that start.sh started.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ "${1:-}" == "-h" || "${1:-}" == "--help" ]]; then
  cat <<'HELP'
Usage: stop.sh [--help]

Tells the server to stop and waits until it has: open requests are answered,
background work ends, databases are closed. Nothing is lost.
Finds it by marquee.pid in the data folder (MARQUEE__DATA_DIR, default data).
HELP
  exit 0
fi

command -v ps >/dev/null || { echo "stop.sh: ps is missing; install procps" >&2; exit 1; }
pid_file="${MARQUEE__DATA_DIR:-data}/marquee.pid"
running() { ps -p "$1" -o comm= 2>/dev/null | grep -q marquee; }
if [[ ! -f "$pid_file" ]]; then echo "marquee is not running (there is no $pid_file)"; exit 0; fi
pid="$(<"$pid_file")"
if ! [[ "$pid" =~ ^[0-9]+$ ]] || ! running "$pid"; then
  rm -f "$pid_file"; echo "marquee is not running ($pid_file was left over)"; exit 0
fi

kill -TERM "$pid"
# As long as draining may take, and the background work after it.
for ((tenth = 0; tenth < 300; tenth++)); do
  if ! running "$pid"; then rm -f "$pid_file"; echo "marquee has stopped"; exit 0; fi
  sleep 0.1
done
echo "stop.sh: process $pid has not ended after 30 seconds; see the log beside $pid_file" >&2
exit 1
