#!/usr/bin/env bash
# Runs the simulation of a failover group (docs/failover.md): one seed is one schedule of events and faults.
#   scripts/simulate.sh --seed N [--without GUARD]             replays a seed, one line an event: virtual ms, who, what
#   scripts/simulate.sh --minutes M [--from N] [--without GUARD]  searches for failing seeds and prints them
#     --without   leaves a guard of the protocol out: Fence, AskAfterFence, UnclearCommit, SendOnlyMissing, EpochPerTransaction,
#                 DigestCheck, Readiness, OneVersion
# Ends with 1 when a seed fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ $# -eq 0 ] || [ "$1" = "--help" ] || [ "$1" = "-h" ]; then sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0; fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet build -c Release tests/Failover.Simulation -v quiet >&2
exec dotnet artifacts/bin/Failover.Simulation/release/Lockstep.Failover.Simulation.dll "$@"
