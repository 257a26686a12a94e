#!/usr/bin/env bash
# Checks white space of all C# against .editorconfig (style rules are part of the build) and the syntax of all scripts.
#   scripts/check-format.sh [--fix]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
verify=(--verify-no-changes)
if [ "${1:-}" = --fix ]; then verify=(); fi
dotnet format whitespace Lockstep.slnx --no-restore "${verify[@]}" -v minimal
for script in scripts/*.sh .ci/run; do bash -n "$script"; done
