#!/usr/bin/env bash
# Runs the benchmarks: the engine's (BenchmarkDotNet, ratio to a plain loop in the same run) and, with --failover, the kill test.
#   scripts/run-benchmarks.sh [--filter PATTERN] [--failover]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
filter='*' failover=0
while [ $# -gt 0 ]; do
  case "$1" in
    --filter) filter="$2"; shift ;;
    --failover) failover=1 ;;
    *) sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done
dotnet run --project bench/Engine.Benchmarks -c Release -- --filter "$filter" --artifacts artifacts/benchmarks
if [ "$failover" = 1 ]; then scripts/check-failover.sh --mode kraft; fi
