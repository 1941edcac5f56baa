#!/usr/bin/env bash
# Starts the whole system in the background, or with --foreground here.
set -euo pipefail
own_config="${MARQUEE_CONFIG:-}" # a relative file is meant from where the caller is
if [[ "${own_config:-/}" != /* ]]; then export MARQUEE_CONFIG="$PWD/$own_config"; fi
cd "$(dirname "${BASH_SOURCE[0]}")"
if [[ " $* " == *" --distributed "* ]]; then
  others=(); for word in "$@"; do [[ "$word" == --distributed ]] || others+=("$word"); done
  exec deploy/distributed.sh ${others[@]+"${others[@]}"}
fi
foreground=""; demo=yes; [[ -z "$own_config" ]] || demo=""
for word in "$@"; do
  case "$word" in
    --foreground) foreground=yes ;;
    --empty) demo="" ;;
    -h|--help) cat <<'HELP'; exit 0 ;;
Usage: start.sh [--empty] [--foreground] | --distributed [--with-servers] [--empty] | --help

Starts everything in one process: builds it first where needed (the first time for
some minutes), waits until it is healthy, prints the address. A new system (no
cinemas, no accounts) gets the demo chain with its logins, unless --empty is given
or MARQUEE_CONFIG names a configuration. Process id and log, with those of the last
five starts, are in the data folder (MARQUEE__DATA_DIR, default data). Settings:
config.yaml, or the file in MARQUEE_CONFIG, or MARQUEE__*.
--distributed: deploy/distributed.sh --help.
HELP
    *) echo "start.sh: $word is not known; see start.sh --help" >&2; exit 2 ;;
  esac
done
source deploy/process.sh
data="${MARQUEE__DATA_DIR:-data}"; pid_file="$data/marquee.pid"; log="$data/marquee.log"
if ! (umask 077; mkdir -p "$data") 2>/dev/null || [[ ! -w "$data" || ! -x "$data" ]]; then
  echo "start.sh: this user cannot write to the data folder $data; give it the right to, or set MARQUEE__DATA_DIR" >&2; exit 1
fi
lock "$data/start.lock"
if running "$pid_file" marquee; then echo "marquee is running already (process $(<"$pid_file")); stop it with stop.sh"; exit 0; fi
built
if [[ -n "$foreground" ]]; then rm -f "$data/start.lock"; exec bin/marquee serve all ${demo:+--demo}; fi
umask 077; rotate "$log"
nohup bin/marquee serve all ${demo:+--demo} >"$log" 2>&1 </dev/null & echo $! >"$pid_file"
until grep -qs '^marquee is ready at' "$log"; do
  if ! alive $!; then rm -f "$pid_file"; echo "start.sh: it did not start; the end of $log:" >&2; tail -n 20 "$log" >&2; exit 1; fi
  sleep 0.1
done
sed '/^marquee is ready at/q' "$log" | grep -vE '^([0-9]{4}-|\{)' # all but the lines of the log
