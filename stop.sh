#!/usr/bin/env bash
# Stops the system that start.sh started.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
case "${1:-}" in
  "") ;;
  -h|--help) cat <<'HELP'; exit 0 ;;
Usage: stop.sh [--help]

Tells the server to stop and waits until it has: open requests are answered,
background work ends, databases are closed. Nothing is lost.
Finds it by marquee.pid in the data folder (MARQUEE__DATA_DIR, default data).
What start.sh --distributed started is stopped too (deploy/distributed.sh --stop).
HELP
  *) echo "stop.sh: $1 is not known; see stop.sh --help" >&2; exit 2 ;;
esac

source deploy/process.sh
pid_file="${MARQUEE__DATA_DIR:-data}/marquee.pid"
distributed=""; compgen -G 'run/*.pid' >/dev/null && distributed=yes
if running "$pid_file" marquee; then
  end TERM marquee "$pid_file"
  echo "marquee has stopped"
elif [[ -f "$pid_file" ]]; then
  rm -f "$pid_file"; echo "marquee is not running ($pid_file was left over)"
elif [[ -z "$distributed" ]]; then
  echo "marquee is not running (there is no $pid_file)"
fi
if [[ -n "$distributed" ]]; then exec deploy/distributed.sh --stop; fi
