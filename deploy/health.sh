#!/usr/bin/env bash
# Whether what listens on a port of this machine is well. For images that hold no
# other client: a gateway is asked by a path, a service by grpc.health.v1 (both
# answer HTTP/1.1).
set -euo pipefail
[[ "${1:-}" =~ ^[0-9]+$ ]] || { echo "Usage: health.sh PORT [PATH]" >&2; exit 2; }
exec 3<>"/dev/tcp/127.0.0.1/$1"
if [[ -n "${2:-}" ]]; then
  printf 'GET %s HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n' "$2" >&3
  IFS=' ' read -r _ status _ <&3
  [[ "$status" == 200 ]] || { echo "$2 answers $status" >&2; exit 1; }
else
  printf '%s\r\n' 'POST /grpc.health.v1.Health/Check HTTP/1.1' 'host: localhost' 'connection: close' \
    'content-type: application/grpc' 'content-length: 5' '' >&3
  # The body is an empty message: five zero bytes. The answer's only field is the
  # status (08); 1 is SERVING.
  printf '\0\0\0\0\0' >&3
  LC_ALL=C grep -qaP '\x08\x01' <&3 || { echo "not serving" >&2; exit 1; }
fi
