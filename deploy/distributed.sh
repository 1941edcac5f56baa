#!/usr/bin/env bash
# Starts two of each service and a gateway as processes of their own, or stops them.
set -euo pipefail
own_config="${MARQUEE_CONFIG:-}" # a relative file is meant from where the caller is
if [[ "${own_config:-/}" != /* ]]; then export MARQUEE_CONFIG="$PWD/$own_config"; fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
servers=""; stop=""; demo=yes; [[ -z "$own_config" ]] || demo=""
for word in "$@"; do
  case "$word" in
    --with-servers) servers=yes ;;
    --empty) demo="" ;;
    --stop) stop=yes ;;
    -h|--help) cat <<'HELP'; exit 0 ;;
Usage: deploy/distributed.sh [--with-servers] [--empty] | --stop | --help

Starts two processes of each service and a gateway against the PostgreSQL, Redis
and Consul that deploy/distributed.yaml (or MARQUEE_CONFIG, or MARQUEE__*) names.
--with-servers starts private ones of those first (deploy/servers.sh). A new system
gets the demo with its logins, unless --empty is given or MARQUEE_CONFIG names a
configuration. --stop stops what it started, servers included; data stays. What a
start began that fails is stopped again. Process ids and logs are in run/. Metrics
and health of each process: 127.0.0.1:19101 to 19107, in the order of their starts.
HELP
    *) echo "distributed.sh: $word is not known; see --help" >&2; exit 2 ;;
  esac
done
source deploy/process.sh
end_processes() {
  # The gateways first: what they have taken in is still answered by the services.
  local failed=0
  end TERM marquee run/gateway*.pid || failed=1
  end TERM marquee run/{order,film,user}*.pid || failed=1
  return "$failed"
}
if [[ -n "$stop" ]]; then
  if ! compgen -G 'run/*.pid' >/dev/null; then echo "the distributed system is not running (there is no run/*.pid)"; exit 0; fi
  end_processes
  deploy/servers.sh --stop
  echo "the distributed system has stopped"
  exit 0
fi
if ! mkdir -p run 2>/dev/null || [[ ! -w run ]]; then echo "distributed.sh: this user cannot write to $PWD/run" >&2; exit 1; fi
lock run/start.lock
for file in run/{user,film,order,gateway}*.pid; do
  if running "$file" marquee; then echo "distributed.sh: it is running already ($file); stop it with stop.sh" >&2; exit 1; fi
done
began=""; ours=""
undo() {
  local code=$?
  trap '' INT TERM # it is stopping already
  [[ -z "$began" ]] || { echo "distributed.sh: stopping what was started" >&2; end_processes || true; }
  [[ -z "$ours" ]] || deploy/servers.sh --stop || true
  rm -f run/start.lock
  exit "$code"
}
trap undo EXIT; trap 'exit 130' INT; trap 'exit 143' TERM
# Before the build: what is missing is told at once, not after minutes.
if [[ -n "$servers" ]]; then deploy/servers.sh; ours=yes; fi
built
export MARQUEE_CONFIG="${MARQUEE_CONFIG:-deploy/distributed.yaml}"
admin=19100 # each process tells of itself on a port of its own; one that is taken stops nothing
began=yes
for process in user-1 user-2 film-1 film-2 order-1 order-2 gateway-1; do
  rotate "run/$process.log" # an old one says that it is ready
  role="${process%-*}"; admin=$((admin + 1))
  (umask 077; exec env "MARQUEE__ADMIN__${role^^}=127.0.0.1:$admin" nohup bin/marquee serve "$role" >"run/$process.log" 2>&1 </dev/null) &
  echo $! >"run/$process.pid"
  until grep -qs 'is ready at' "run/$process.log"; do
    alive $! || { echo "distributed.sh: $process did not start; the end of run/$process.log:" >&2; tail -n 5 "run/$process.log" >&2; exit 1; }
    sleep 0.1
  done
done
[[ -z "$demo" ]] || bin/marquee demo --if-new
began=""; ours=""
grep -h 'is ready at' run/gateway-1.log
