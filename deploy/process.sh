# shellcheck shell=bash
# For the scripts that start and stop processes; read by them, not run.
command -v ps >/dev/null || { echo "$0: ps is missing; install procps" >&2; exit 1; }

# Whether a process lives. One that has ended counts as gone though nobody has
# asked for its exit code yet (state Z).
alive() { [[ "$(ps -o stat= -p "${1:-0}" 2>/dev/null)" == [!Z]* ]]; }

# Whether the process that a file names lives and is still that program: ids are used again.
running() {
  local pid; pid="$(cat "$1" 2>/dev/null)" || return 1
  [[ "$pid" =~ ^[0-9]+$ ]] && alive "$pid" && [[ "$(ps -o comm= -p "$pid")" == *"$2"* ]]
}

# Tells the programs that files name to end, all at once, and waits until they have:
# `end SIGNAL PROGRAM FILE...`. A file whose process is another program by now is
# only removed. As long as draining, background work and closing may take, and some.
end() {
  local signal="$1" program="$2" file tenth late=0; shift 2
  for file in "$@"; do
    # One that was started just now may not be that program yet.
    running "$file" "$program" || ! alive "$(cat "$file" 2>/dev/null || true)" || sleep 0.3
    if running "$file" "$program"; then kill "-$signal" "$(<"$file")" 2>/dev/null || true; else rm -f "$file"; fi
  done
  for file in "$@"; do
    for ((tenth = 0; tenth < 450; tenth++)); do running "$file" "$program" || break; sleep 0.1; done
    if ! running "$file" "$program"; then rm -f "$file"; continue; fi
    echo "$0: $program (process $(<"$file"), $file) has not ended after 45 seconds; see its log" >&2; late=1
  done
  return "$late"
}

# Files from which the executable is built that are newer than it.
newer() {
  find Cargo.* ./*/{Cargo.toml,build.rs,src,proto,build,assets,migrations} ./micro/skywalking/{Cargo.toml,build.rs,src,proto} \
    -newer bin/marquee -type f 2>/dev/null
}

# Builds the executable where it is not there or older than its sources.
built() { if [[ ! -x bin/marquee || -n "$(newer)" ]]; then ./build.sh; fi; }

# Keeps the logs of the last five starts.
rotate() {
  local number
  for number in 4 3 2 1; do [[ ! -f "$1.$number" ]] || mv -f "$1.$number" "$1.$((number + 1))"; done
  [[ ! -f "$1" ]] || mv -f "$1" "$1.1"
}

# One start at a time: waits until another one that holds the file has ended.
# What a start leaves behind that was killed counts for nothing.
lock() {
  local holder told="" blank=0
  until (set -o noclobber; echo $$ >"$1") 2>/dev/null; do
    holder="$(cat "$1" 2>/dev/null || true)"
    if [[ -z "$holder" ]]; then # being written, or by somebody who was killed just then
      blank=$((blank + 1)); sleep 0.1
      if ((blank == 20)); then rm -f "$1"; elif ((blank > 40)); then echo "$0: $1 cannot be written" >&2; exit 1; fi
      continue
    fi
    if [[ "$holder" =~ ^[0-9]+$ ]] && ! alive "$holder"; then rm -f "$1"; continue; fi
    [[ -n "$told" ]] || { told=yes; echo "another start is under way (process $holder); waiting for it" >&2; }
    sleep 0.2
  done
  # shellcheck disable=SC2064 # the file's name as it is now
  trap "rm -f '$1'" EXIT
}
