#!/usr/bin/env bash
# Writes docs/reference/openapi.json anew from the manager's endpoints; commit it with the change that caused it.
#   scripts/update-openapi.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
LOCKSTEP_UPDATE_OPENAPI=1 dotnet run --project tests/Manager.Web.Tests -- --filter-class Lockstep.Manager.Web.Tests.OpenApiTests
git --no-pager diff --stat -- docs/reference/openapi.json
