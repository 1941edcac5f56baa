#!/usr/bin/env bash
# Installs the servers that tests start: PostgreSQL, Redis, Consul, Prometheus, Chromium with its driver.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ "${1:-}" == "-h" || "${1:-}" == "--help" ]]; then
  cat <<'HELP'
Usage: tests/tools/servers.sh [--help]

Installs what is missing of PostgreSQL, Redis, Prometheus and Chromium without a window, with
chromedriver (Debian: chromium-headless-shell, chromium-driver, fonts-noto-cjk for Chinese pages)
with apt-get (as root), and unpacks Consul, which is only in Debian 11, and axe-core (tests/tools/axe.sh) under target/tools.
HELP
  exit 0
fi

missing=()
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v promtool >/dev/null || missing+=(prometheus)
command -v chromium-headless-shell >/dev/null || missing+=(chromium-headless-shell fonts-noto-cjk)
command -v chromedriver >/dev/null || missing+=(chromium-driver)
if ((${#missing[@]})); then
  command -v apt-get >/dev/null || { echo "servers.sh: install ${missing[*]}; only apt-get is known here" >&2; exit 1; }
  [[ $(id -u) == 0 ]] || { echo "servers.sh: not root; run: sudo apt-get install ${missing[*]}" >&2; exit 1; }
  echo "installing ${missing[*]}"
  # The tests start servers of their own: those of the system stay off.
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d.marquee && chmod +x /usr/sbin/policy-rc.d.marquee
  [[ -e /usr/sbin/policy-rc.d ]] || ln -s policy-rc.d.marquee /usr/sbin/policy-rc.d
  trap 'if [[ $(readlink /usr/sbin/policy-rc.d) == policy-rc.d.marquee ]]; then rm /usr/sbin/policy-rc.d; fi; rm -f /usr/sbin/policy-rc.d.marquee' EXIT
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

tests/tools/consul.sh
tests/tools/axe.sh >/dev/null
