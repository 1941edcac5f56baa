#!/usr/bin/env bash
# Starts a private PostgreSQL, Redis and Consul for trying out, or stops them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source deploy/process.sh
fail() { echo "servers.sh: $1" >&2; exit 1; }
end_servers() {
  local name failed=0
  for name in consul redis postgres; do end INT "$name" "run/$name.pid" || failed=1; done
  return "$failed"
}
case "${1:-}" in
  "") ;;
  --stop) end_servers; exit 0 ;;
  -h|--help) echo "Usage: deploy/servers.sh [--stop]: private PostgreSQL, Redis and Consul on the ports of deploy/distributed.yaml, data in run/"; exit 0 ;;
  *) echo "servers.sh: $1 is not known; see --help" >&2; exit 2 ;;
esac
PATH="$PATH:$(compgen -G '/usr/lib/postgresql/*/bin' | tail -n 1 || true):$PWD/target/tools/servers/usr/bin"
for program in initdb postgres psql redis-server consul curl; do
  command -v "$program" >/dev/null || fail "$program is missing; tests/tools/servers.sh installs it on Debian"
done
for name in postgres redis consul; do
  if running "run/$name.pid" "$name"; then fail "they are running already (run/$name.pid); stop them with stop.sh"; fi
done
listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for port in 15432 16379 18500 18300 18301 18302; do
  if listening "$port"; then fail "another program listens on 127.0.0.1:$port, which is needed here; stop it first"; fi
done
mkdir -p run/postgres
as=()
if [[ $(id -u) == 0 ]]; then # as root PostgreSQL refuses to run
  id postgres >/dev/null 2>&1 || fail "as root it needs the user postgres, for PostgreSQL to run as; or start it as another user than root"
  as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  chown postgres run/postgres
  "${as[@]}" test -w "$PWD/run/postgres" || fail "the user postgres cannot reach $PWD/run/postgres; use a folder that all may pass through, or start as another user than root"
fi
done=""
trap '[[ -n "$done" ]] || end_servers' EXIT; trap 'exit 130' INT; trap 'exit 143' TERM
if [[ ! -e run/postgres/data ]]; then
  rm -rf run/postgres/new # of a start that was stopped in the middle
  (cd run/postgres && "${as[@]}" initdb -D new -U marquee -A trust >/dev/null)
  mv run/postgres/new run/postgres/data
fi
started() { echo "$2" >"run/$1.pid"; }
(cd run/postgres && exec "${as[@]}" nohup postgres -D data -p 15432 -c listen_addresses=127.0.0.1 -c unix_socket_directories= >server.log 2>&1 </dev/null) &
started postgres $!
nohup redis-server --port 16379 --bind 127.0.0.1 --save "" >run/redis.log 2>&1 </dev/null &
started redis $!
nohup consul agent -dev -bind=127.0.0.1 -http-port=18500 -server-port=18300 -serf-lan-port=18301 -serf-wan-port=18302 -dns-port=-1 -grpc-port=-1 >run/consul.log 2>&1 </dev/null &
started consul $!
url=postgres://marquee@127.0.0.1:15432/postgres
# Waits until a server answers: `answers NAME LOG COMMAND...`.
answers() {
  local name="$1" log="$2" tenth; shift 2
  for ((tenth = 0; tenth < 300; tenth++)); do
    alive "$(<"run/$name.pid")" || { tail -n 5 "$log" >&2; fail "$name did not start; see $log"; }
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  fail "$name does not answer; see $log"
}
leader() { curl -fs http://127.0.0.1:18500/v1/status/leader | grep -q :; }
answers postgres run/postgres/server.log psql -qc 'SELECT 1' "$url"
answers redis run/redis.log listening 16379
answers consul run/consul.log leader
for name in users films orders; do
  [[ $(psql -qtAc "SELECT 1 FROM pg_database WHERE datname = '$name'" "$url") == 1 ]] || psql -qc "CREATE DATABASE $name" "$url"
done
done=yes
