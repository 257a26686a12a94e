#!/usr/bin/env bash
# Builds everything and runs the test tiers, cheapest first; stops at the first red one.
#   scripts/run-tests.sh [--install-missing] [--no-build] [--keep-going] [--without TIER[,TIER...]] [--only TIER[,TIER...]]
#     --install-missing   installs Java and Chromium with apt-get where they are missing (needs root)
#     --without, --only   names of test projects: Contracts, Engine, ZooKeeper, Kafka, Integration, Browser, ...
# The tiers ZooKeeper, Kafka, Connectors, Integration, Faults and Browser start real servers: KAFKA_HOME and ZOOKEEPER_HOME
# say where they lie (Kafka 4.x, or 3.9 for the ZooKeeper mode; ZooKeeper 3.9). The last line is "N passed, N failed".
# Corpus needs public models: LOCKSTEP_CORPUS says where they lie.
# Of Faults the quick half runs; scripts/run-faults.sh runs all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tiers=(Architecture Contracts Engine Onnx Failover ZooKeeper Manager.Web.Components Manager.Web Engine.Worker Corpus Kafka Connectors
  Integration Faults Browser)
install=0 build=1 keep_going=0 without="" only=""
while [ $# -gt 0 ]; do
  case "$1" in
    --install-missing) install=1 ;;
    --no-build) build=0 ;;
    --keep-going) keep_going=1 ;;
    --without) without=",$2,"; shift ;;
    --only) only=",$2,"; shift ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "run-tests: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done

if [ "$install" = 1 ]; then scripts/install-prerequisites.sh; fi

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
if [ "$build" = 1 ]; then dotnet build Lockstep.slnx -c Release -v quiet; fi

passed=0 failed=0 red=()
number() { # FILE WORD: the count that a tier's closing summary gives for WORD
  sed -n "s/^ *$2: \([0-9][0-9]*\)$/\1/p" "$1" | tail -n 1
}
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
for tier in "${tiers[@]}"; do
  case "$without" in *",$tier,"*) echo "== $tier: left out by name"; continue ;; esac
  if [ -n "$only" ]; then case "$only" in *",$tier,"*) ;; *) continue ;; esac; fi
  program="artifacts/bin/$tier.Tests/release/Lockstep.$tier.Tests.dll"
  if [ ! -f "$program" ]; then echo "run-tests: $program is missing; build first" >&2; exit 2; fi
  echo "== $tier"
  rc=0
  filter=()
  if [ "$tier" = Faults ]; then filter=(--filter-not-trait Tier=full); fi
  timeout --kill-after=30 1500 dotnet "$program" --progress off --ansi off "${filter[@]}" 2>&1 | tee "$log" || rc=$?
  ok="$(number "$log" succeeded)" bad="$(number "$log" failed)" skipped="$(number "$log" skipped)"
  passed=$((passed + ${ok:-0}))
  failed=$((failed + ${bad:-0}))
  # A tier that ended without a summary, skipped a test or ran none counts as one failure: nothing is left out silently.
  if [ "$rc" -ne 0 ] && [ "${bad:-0}" = 0 ]; then failed=$((failed + 1)); fi
  if [ "$rc" -eq 0 ] && { [ "${skipped:-0}" != 0 ] || [ "${ok:-0}" = 0 ]; }; then failed=$((failed + 1)); rc=1; fi
  if [ "$rc" -ne 0 ]; then
    red+=("$tier")
    if [ "$keep_going" = 0 ]; then break; fi
  fi
done
if [ "${#red[@]}" -gt 0 ]; then echo "red: ${red[*]}"; fi
echo "$passed passed, $failed failed"
if [ "$failed" -gt 0 ] || [ "$passed" -eq 0 ]; then exit 1; fi
