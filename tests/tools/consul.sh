#!/usr/bin/env bash
# Unpacks Consul from Debian 11 under target/tools/servers, leaving the system's package sources alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

to=$PWD/target/tools/servers
if command -v consul >/dev/null || [[ -x $to/usr/bin/consul ]]; then exit 0; fi
command -v apt-get >/dev/null || { echo "consul.sh: install Consul and put it in PATH; only apt-get is known here" >&2; exit 1; }

echo "unpacking consul"
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$to"
# The mirror that the system itself uses.
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -n 1 | tr -d ' ' || true)
echo "deb ${mirror:?the system has no Debian mirror} bullseye main" >"$apt/sources.list"
options=(-o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists"
  -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root)
apt-get "${options[@]}" update -qq
(cd "$apt" && apt-get "${options[@]}" download -qq consul && dpkg-deb -x consul_*.deb "$to")
