#!/usr/bin/env bash
# Runs changed models, expressions and csv lines through reader, validator and engine (tests/Engine.Tests/Fuzz).
#   scripts/fuzz.sh [--count N] [--seed N] [--no-build]
# Of models with Python, whose processes take longer to start than all else, a twentieth.
# LOCKSTEP_CORPUS adds the models of a folder to those of the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

count=10000 seed="$RANDOM" build=1
while [ $# -gt 0 ]; do
  case "$1" in
    --count) count="$2"; shift ;;
    --seed) seed="$2"; shift ;;
    --no-build) build=0 ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "fuzz: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done

if [ "$build" = 1 ]; then dotnet build -c Release -v quiet -nologo tests/Engine.Tests; fi
export LOCKSTEP_FUZZ_COUNT="$count" LOCKSTEP_FUZZ_SEED="$seed"
echo "seed $seed, $count cases"
exec dotnet artifacts/bin/Engine.Tests/release/Lockstep.Engine.Tests.dll --progress off --ansi off --output Detailed \
  --show-stdout all --filter-class '*FuzzTests'
