#!/usr/bin/env bash
# Starts the whole system in the background, or with --foreground here.
set -euo pipefail
own_config="${MARQUEE_CONFIG:-}" # a relative file is meant from where the caller is
if [[ "${own_config:-/}" != /* ]]; then export MARQUEE_CONFIG="$PWD/$own_config"; fi
cd "$(dirname "${BASH_SOURCE[0]}")"
foreground=""; empty=""; demo=""
for word in "$@"; do
  case "$word" in
    --foreground) foreground=yes ;;
    --empty) empty=yes ;;
    --distributed) shift; exec deploy/distributed.sh "$@" ;;
    -h|--help) cat <<'HELP'; exit 0 ;;
Usage: start.sh [--empty] [--foreground] | --distributed [--with-servers] | --help

Starts everything in one process: builds it first where needed, waits until it is
healthy, prints the address. A new data folder gets the demo chain with its logins,
unless --empty is given or MARQUEE_CONFIG names a configuration. Log and process id
are in the data folder (MARQUEE__DATA_DIR, default data). Settings: config.yaml, or
the file in MARQUEE_CONFIG, or MARQUEE__*. --distributed: deploy/distributed.sh --help.
HELP
    *) echo "start.sh: $word is not known; see start.sh --help" >&2; exit 2 ;;
  esac
done
command -v ps >/dev/null || { echo "start.sh: ps is missing; install procps" >&2; exit 1; }
data="${MARQUEE__DATA_DIR:-data}"; pid_file="$data/marquee.pid"; log="$data/marquee.log"
[[ -n "$empty$own_config" || -e "$data/film.db" ]] || demo=yes
running() { [[ -f "$pid_file" ]] && ps -p "$(<"$pid_file")" -o comm= 2>/dev/null | grep -q marquee; }
if running; then echo "marquee is running already (process $(<"$pid_file")); stop it with stop.sh"; exit 0; fi
newer() { find Cargo.* ./*/Cargo.toml ./*/{src,proto,build,assets,migrations} -newer bin/marquee -type f 2>/dev/null; }
if [[ ! -x bin/marquee || -n "$(newer)" ]]; then ./build.sh; fi
[[ -z "$foreground" ]] || exec bin/marquee serve all ${demo:+--demo}
(umask 077; mkdir -p "$data"; if [[ -f "$log" ]]; then mv "$log" "$log.1"; fi)
nohup bin/marquee serve all ${demo:+--demo} >"$log" 2>&1 </dev/null & echo $! >"$pid_file"
until grep -qs '^marquee is ready at' "$log"; do
  if ! running; then rm -f "$pid_file"; echo "start.sh: it did not start; the end of $log:" >&2; tail -n 20 "$log" >&2; exit 1; fi
  sleep 0.1
done
sed '/^marquee is ready at/q' "$log" | grep -vE '^([0-9]{4}-|\{)' # all but the lines of the log
