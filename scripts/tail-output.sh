#!/usr/bin/env bash
# Follows the output of a group, one JSON row a line.
#   LOCKSTEP_ADMIN_TOKEN=... scripts/tail-output.sh [--url http://127.0.0.1:8080] [--group demo] [--from newest-20]
set -euo pipefail
url=http://127.0.0.1:8080 group=demo from=newest-20
while [ $# -gt 0 ]; do
  case "$1" in
    --url) url="$2"; shift ;;
    --group) group="$2"; shift ;;
    --from) from="$2"; shift ;;
    *) sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done
: "${LOCKSTEP_ADMIN_TOKEN:?set LOCKSTEP_ADMIN_TOKEN to a token of the manager}"
exec curl --silent --show-error --no-buffer --fail-with-body --config - \
  "$url/api/v1/groups/$group/output?from=$from&follow=true" \
  <<<"header = \"Authorization: Bearer $LOCKSTEP_ADMIN_TOKEN\""
