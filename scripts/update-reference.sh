#!/usr/bin/env bash
# Writes the pages under docs/reference that are made from tables of the sources. Tests compare them otherwise.
#   scripts/update-reference.sh [--no-build]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1:-}" in
  "" | --no-build) ;;
  -h | --help) sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
  *) echo "update-reference: unknown option $1 (see --help)" >&2; exit 2 ;;
esac
for tier in Contracts Engine Onnx; do
  if [ "${1:-}" != --no-build ]; then dotnet build -c Release -v quiet -nologo "tests/$tier.Tests"; fi
  LOCKSTEP_WRITE_PAGES=1 dotnet "artifacts/bin/$tier.Tests/release/Lockstep.$tier.Tests.dll" --progress off --ansi off \
    --filter-class '*PageTests'
done
