#!/usr/bin/env bash
# Ends every process that a manager started from a data folder: workers first, each after handing over, then the embedded
# cluster. The manager itself must have ended. Only processes named in the folder's own records are ended.
#   scripts/stop-local.sh [--data DIR]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec dotnet artifacts/bin/Manager.Web/release/Lockstep.Manager.Web.dll --stop-workers "$@"
