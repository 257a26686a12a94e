#!/usr/bin/env bash
# Runs the benchmarks: the engine's (BenchmarkDotNet, ratio to a plain loop in the same run) and, with --failover, the kill test;
# with --throughput the drains, latencies and standby lag on a real broker, JSON to bench/baselines (docs/performance.md).
#   scripts/run-benchmarks.sh [--filter PATTERN] [--failover]
#   scripts/run-benchmarks.sh --throughput [NAME...]     NAME: drain-blocks drain-csv latency-binary latency-csv latency-3 standby-lag
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
run() {
  local name="$1"
  shift
  mkdir -p bench/baselines
  dotnet artifacts/bin/Throughput.Benchmarks/release/Lockstep.Throughput.Benchmarks.dll "$@" --json "bench/baselines/$name.json"
}
throughput() {
  dotnet build -c Release bench/Throughput.Benchmarks -v quiet
  for name in "${@:-drain-blocks drain-csv latency-binary latency-csv latency-3 standby-lag}"; do
    for each in $name; do
      case "$each" in
        drain-blocks) run "$each" drain --format binary --compression none ;;
        drain-csv) run "$each" drain --format csv --compression none ;;
        latency-binary) run "$each" latency --format binary ;;
        latency-csv) run "$each" latency --format csv ;;
        latency-3) run "$each" latency --format binary --brokers 3 ;;
        standby-lag) run "$each" standby-lag ;;
        *) echo "'$each' is no throughput benchmark" >&2; exit 2 ;;
      esac
    done
  done
}
filter='*' failover=0
while [ $# -gt 0 ]; do
  case "$1" in
    --filter) filter="$2"; shift ;;
    --failover) failover=1 ;;
    --throughput) shift; throughput "$@"; exit 0 ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done
dotnet run --project bench/Engine.Benchmarks -c Release -- --filter "$filter" --artifacts artifacts/benchmarks
if [ "$failover" = 1 ]; then scripts/check-failover.sh --mode kraft; fi
