#!/usr/bin/env bash
# Starts a private PostgreSQL, Redis and Consul for trying out, or stops them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case "${1:-}" in
  "") ;;
  --stop)
    for name in consul redis postgres; do
      [[ -f run/$name.pid ]] || continue
      kill -INT "$(<run/$name.pid)" 2>/dev/null || true
      while kill -0 "$(<run/$name.pid)" 2>/dev/null; do sleep 0.1; done
      rm -f "run/$name.pid"
    done
    exit 0 ;;
  -h|--help) echo "Usage: deploy/servers.sh [--stop]: private PostgreSQL, Redis and Consul on the ports of deploy/distributed.yaml, data in run/"; exit 0 ;;
  *) echo "servers.sh: $1 is not known; see --help" >&2; exit 2 ;;
esac
PATH="$PATH:$(compgen -G '/usr/lib/postgresql/*/bin' | tail -n 1 || true):$PWD/target/tools/servers/usr/bin"
for program in initdb postgres psql redis-server consul; do
  command -v "$program" >/dev/null || { echo "servers.sh: $program is missing; tests/tools/servers.sh installs it on Debian" >&2; exit 1; }
done
mkdir -p run/postgres
as=(); if [[ $(id -u) == 0 ]]; then chown postgres run/postgres; as=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi
[[ -e run/postgres/data ]] || (cd run/postgres && "${as[@]}" initdb -D data -U marquee -A trust >/dev/null)
start() { local name=$1; shift; nohup "$@" >"run/$name.log" 2>&1 </dev/null & echo $! >"run/$name.pid"; }
(cd run/postgres && exec "${as[@]}" nohup postgres -D data -p 15432 -c listen_addresses=127.0.0.1 -c unix_socket_directories= >server.log 2>&1 </dev/null) &
echo $! >run/postgres.pid
start redis redis-server --port 16379 --bind 127.0.0.1 --save ""
start consul consul agent -dev -bind=127.0.0.1 -http-port=18500 -server-port=18300 -serf-lan-port=18301 -serf-wan-port=18302 -dns-port=-1 -grpc-port=-1
url=postgres://marquee@127.0.0.1:15432/postgres
for ((tenth = 0; tenth < 300; tenth++)); do psql -qc 'SELECT 1' "$url" >/dev/null 2>&1 && break; sleep 0.1; done
for name in users films orders; do
  [[ $(psql -qtAc "SELECT 1 FROM pg_database WHERE datname = '$name'" "$url") == 1 ]] || psql -qc "CREATE DATABASE $name" "$url"
done
for ((tenth = 0; tenth < 300; tenth++)); do curl -fs http://127.0.0.1:18500/v1/status/leader | grep -q : && exit 0; sleep 0.1; done
echo "servers.sh: consul has no leader; see run/consul.log" >&2; exit 1
