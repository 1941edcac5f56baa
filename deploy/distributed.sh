#!/usr/bin/env bash
# Starts two of each service and a gateway as processes of their own, or stops them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case "${1:-}" in
  ""|--with-servers|--stop) ;;
  -h|--help) cat <<'HELP'; exit 0 ;;
Usage: deploy/distributed.sh [--with-servers] | --stop | --help

Starts two processes of each service and a gateway against the PostgreSQL, Redis
and Consul that deploy/distributed.yaml (or MARQUEE_CONFIG, or MARQUEE__*) names.
--with-servers starts private ones of those first (deploy/servers.sh). --stop
stops what it started, servers included. Process ids and logs are in run/.
HELP
  *) echo "distributed.sh: $1 is not known; see --help" >&2; exit 2 ;;
esac
if [[ "${1:-}" == --stop ]]; then
  # The gateway first: what it has taken in is still answered by the services.
  for pid_file in run/gateway*.pid run/order*.pid run/film*.pid run/user*.pid; do
    [[ -f "$pid_file" ]] || continue
    pid=$(<"$pid_file"); kill -TERM "$pid" 2>/dev/null || true
    for ((tenth = 0; tenth < 300; tenth++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    rm -f "$pid_file"
  done
  exec deploy/servers.sh --stop
fi
[[ -x bin/marquee ]] || ./build.sh
mkdir -p run
[[ "${1:-}" != --with-servers ]] || deploy/servers.sh
export MARQUEE_CONFIG="${MARQUEE_CONFIG:-deploy/distributed.yaml}"
for process in user-1 user-2 film-1 film-2 order-1 order-2 gateway-1; do
  nohup bin/marquee serve "${process%-*}" >"run/$process.log" 2>&1 </dev/null &
  echo $! >"run/$process.pid"
  until grep -qs 'is ready at' "run/$process.log"; do
    kill -0 $! 2>/dev/null || { echo "distributed.sh: $process did not start:" >&2; tail -n 5 "run/$process.log" >&2; exit 1; }
    sleep 0.1
  done
done
bin/marquee demo
grep -h 'is ready at' run/gateway-1.log
