#!/usr/bin/env bash
# Starts the whole system in the background, or with --foreground here.
set -euo pipefail
# A relative file is meant from where the caller is.
if [[ "${MARQUEE_CONFIG:-/}" != /* ]]; then export MARQUEE_CONFIG="$PWD/$MARQUEE_CONFIG"; fi
cd "$(dirname "${BASH_SOURCE[0]}")"
foreground=""; demo=""
for word in "$@"; do
  case "$word" in
    --foreground) foreground=yes ;;
    --demo) demo=yes ;;
    -h|--help) cat <<'HELP'; exit 0 ;;
Usage: start.sh [--demo] [--foreground] [--help]

Starts everything in one process: builds it first where needed, waits until it
is healthy, prints the address. --demo sets up cinemas, films and logins where
there are none yet. Log and process id are in the data folder (MARQUEE__DATA_DIR,
default data). Settings: config.yaml, or the file in MARQUEE_CONFIG, or MARQUEE__*.
HELP
    *) echo "start.sh: $word is not known; see start.sh --help" >&2; exit 2 ;;
  esac
done
command -v ps >/dev/null || { echo "start.sh: ps is missing; install procps" >&2; exit 1; }
data="${MARQUEE__DATA_DIR:-data}"; pid_file="$data/marquee.pid"; log="$data/marquee.log"
running() { [[ -f "$pid_file" ]] && ps -p "$(<"$pid_file")" -o comm= 2>/dev/null | grep -q marquee; }
if running; then echo "marquee is running already (process $(<"$pid_file")); stop it with stop.sh"; exit 0; fi
newer() { find Cargo.* ./*/Cargo.toml ./*/{src,proto,build,assets,migrations} -newer bin/marquee -type f 2>/dev/null; }
if [[ ! -x bin/marquee || -n "$(newer)" ]]; then ./build.sh; fi
[[ -z "$foreground" ]] || exec bin/marquee serve all ${demo:+--demo}
(umask 077; mkdir -p "$data"; if [[ -f "$log" ]]; then mv "$log" "$log.1"; fi)
nohup bin/marquee serve all ${demo:+--demo} >"$log" 2>&1 </dev/null &
echo $! >"$pid_file"
until grep -qs '^marquee is ready at' "$log"; do
  if ! running; then
    rm -f "$pid_file"; echo "start.sh: marquee did not start; the end of $log:" >&2; tail -n 20 "$log" >&2; exit 1
  fi
  sleep 0.1
done
sed '/^marquee is ready at/q' "$log" | grep -vE '^([0-9]{4}-|\{)' # all but the lines of the log
