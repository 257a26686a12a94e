#!/usr/bin/env bash
# Ends everything that runs out of a data folder: manager, workers and the embedded cluster. Files stay.
#   scripts/stop-local.sh [--data DIR]     (as for the manager: lockstep-data beside scripts if it is there, else the state folder)
set -euo pipefail
# As run-quickstart.sh, so that a relative or default folder is the same for both.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
state="${XDG_STATE_HOME:-$HOME/.local/state}/lockstep"
data="$([ -d lockstep-data ] && echo "$PWD/lockstep-data" || echo "$state")"
while [ $# -gt 0 ]; do
  case "$1" in
    --data) data="$(realpath "$2")"; shift ;;
    *) sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done
# A process is ours when its command line names this very folder, or when it is a manager that has files open there.
ours() {
  for entry in /proc/[0-9]*; do
    pid="${entry#/proc/}"
    [ "$pid" != "$$" ] || continue
    line="$({ tr '\0' ' ' < "$entry/cmdline"; } 2>/dev/null || true)"
    case "$line" in
      *Lockstep.*" $data "* | *Lockstep.*" $data/"*) echo "$pid" ;;
      *Lockstep.Manager.Web.*)
        case "$({ readlink "$entry"/fd/* | tr '\n' ' '; } 2>/dev/null || true)" in *"$data/"*) echo "$pid" ;; esac ;;
    esac
  done
}
for pid in $(ours); do
  kill -TERM "$pid" 2>/dev/null || true
done
for _ in $(seq 1 50); do
  [ -n "$(ours)" ] || { echo "Nothing of $data runs any more."; exit 0; }
  sleep 0.2
done
for pid in $(ours); do
  kill -KILL "$pid" 2>/dev/null || true
done
echo "Everything of $data was ended; some had to be killed."
