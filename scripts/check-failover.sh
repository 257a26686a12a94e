#!/usr/bin/env bash
# Starts a real cluster, deploys sum20 through REST, feeds it, kills (-9) the active engine every 3 s and an input and the
# output now and then, then judges the output file against the closed form of sum20 and the topics against F1-F5.
#   scripts/check-failover.sh [--mode zk|kraft] [--kills 20] [--rate 2000] [--interval-ms 3000] [--settle-ms 20000]
#     [--brokers 3] [--keep DIR]      the first kill comes when events have flowed for --settle-ms
# Prints one JSON line {rows, lost, duplicated, reordered, wrongSums, silenceP50Ms, silenceP99Ms, silenceMaxMs}; exit 0 when
# nothing was lost, doubled, reordered or wrong and the silence's p99 is under 500 ms. Needs KAFKA_HOME, ZOOKEEPER_HOME, Java.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
scripts/publish-worker.sh >&2
for project in src/Manager.Web bench/Failover.Benchmarks; do
  dotnet build "$project" -c Release -v quiet -nologo -p:RunAnalyzers=false >&2
done
exec dotnet artifacts/bin/Failover.Benchmarks/release/Lockstep.Failover.Benchmarks.dll "$@"
