#!/usr/bin/env bash
# Kills (-9) the active engine of a group through the manager, and prints the operation.
#   LOCKSTEP_ADMIN_TOKEN=... scripts/kill-active-engine.sh [--url http://127.0.0.1:8080] [--group demo]
set -euo pipefail
url=http://127.0.0.1:8080 group=demo
while [ $# -gt 0 ]; do
  case "$1" in
    --url) url="$2"; shift ;;
    --group) group="$2"; shift ;;
    *) sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done
: "${LOCKSTEP_ADMIN_TOKEN:?set LOCKSTEP_ADMIN_TOKEN to a token of the manager}"
# The token goes by a config on standard input, so that it shows in no process list.
curl --silent --show-error --fail-with-body --config - --header 'Content-Type: application/json' --data '{}' \
  "$url/api/v1/groups/$group/actions/kill" <<<"header = \"Authorization: Bearer $LOCKSTEP_ADMIN_TOKEN\""
echo
