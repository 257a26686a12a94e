#!/usr/bin/env bash
# Runs the fault rows of docs/failover.md with real processes and real servers, and writes a Markdown report of them.
#   scripts/run-faults.sh [--all | --quick] [--mode zk|kraft] [--only ROW] [--out FILE] [--results FILE] [--no-build]
#     --all     every row (the default); --quick the half that runs with all tests
#     --only    one row by its name, as in the report: --only "active cut from Kafka"
#     --out     the report; artifacts/faults/report.md unless given
#     --results keep what each run gives in this file, and report on all that is in it: several calls, one report
# Ends with 1 when a test fails, or when anything was lost, doubled, reordered or a digest did not match.
# Needs KAFKA_HOME, ZOOKEEPER_HOME (for --mode zk also a Kafka 3.9) and Java; one row needs root, to mount.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tier="" mode="" row="" results="" out=artifacts/faults/report.md build=1
value() { if [ $# -lt 2 ]; then echo "run-faults: $1 needs a value (see --help)" >&2; exit 2; fi; }
while [ $# -gt 0 ]; do
  case "$1" in
    --all) tier="" ;;
    --quick) tier=quick ;;
    --mode) value "$@"; mode="$2"; shift ;;
    --only) value "$@"; row="$2"; shift ;;
    --out) value "$@"; out="$2"; shift ;;
    --results) value "$@"; results="$(realpath -m "$2")"; shift ;;
    --no-build) build=0 ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "run-faults: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
case "$mode" in "" | zk | kraft) ;; *) echo "run-faults: --mode is zk or kraft, not $mode" >&2; exit 2 ;; esac
# The filter is a query: what would end it can't be in a row's name.
case "$row" in *[\(\)\[\]\&\|=/]*) echo "run-faults: no row is called $row; see docs/failover.md" >&2; exit 2 ;; esac

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
if [ "$build" = 1 ]; then dotnet build tests/Faults.Tests -c Release -v quiet -nologo; fi

conditions=()
if [ -n "$tier" ]; then conditions+=("(Tier=$tier)"); fi
if [ -n "$mode" ]; then conditions+=("(Mode=$mode)"); fi
if [ -n "$row" ]; then conditions+=("(Row=$row)"); fi
filter=()
if [ "${#conditions[@]}" -gt 0 ]; then
  filter=(--filter-query "/[$(IFS='&'; echo "${conditions[*]}")]")
fi

mkdir -p "$(dirname "$out")"
if [ -n "$results" ]; then
  mkdir -p "$(dirname "$results")"
  touch "$results"
else
  results="$(mktemp)"
  trap 'rm -f "$results"' EXIT
fi
rc=0
# All rows repeat their faults more often than the quick half does (RowSize).
if [ -z "$tier" ]; then export LOCKSTEP_FAULTS_FULL=1; fi
LOCKSTEP_FAULT_RESULTS="$results" dotnet artifacts/bin/Faults.Tests/release/Lockstep.Faults.Tests.dll \
  --progress off --ansi off "${filter[@]}" || rc=$?

# One line a row and mode; percentiles over the silences of all its runs.
sort -t"$(printf '\t')" -k1,1 -k2,2 -s "$results" | awk -F'\t' -v rc="$rc" '
  function percentile(p,   i) { i = int(p * n + 0.999999); if (i < 1) i = 1; return n ? sorted[i] : "-" }
  function flush(   i, j, t) {
    if (key == "") return
    for (i = 1; i <= n; i++) sorted[i] = silence[i]
    for (i = 2; i <= n; i++) { t = sorted[i]; for (j = i - 1; j >= 1 && sorted[j] > t; j--) sorted[j + 1] = sorted[j]; sorted[j + 1] = t }
    printf "| %s | %s | %d of %d | %d | %d | %d | %d | %d | %s / %s / %s |\n", row, mode, judged, runs, lost, doubled, reordered,
      digests, others, percentile(0.5), percentile(0.99), (n ? sorted[n] : "-")
    if (judged < runs || lost || doubled || reordered || digests || others) bad = 1
    n = runs = judged = lost = doubled = reordered = digests = others = 0
  }
  BEGIN {
    print "# Faults\n"
    print "Silence is the longest one on the outbound topic after each fault, on whatever machine this ran.\n"
    print "| fault | mode | runs judged | lost | duplicated | reordered | digest mismatches | other violations | silence p50 / p99 / max, ms |"
    print "|---|---|---|---|---|---|---|---|---|"
  }
  {
    if ($1 FS $2 != key) { flush(); key = $1 FS $2; row = $1; mode = $2 }
    runs++; judged += $3; lost += $4; doubled += $5; reordered += $6; digests += $7; others += $8
    for (i = 9; i <= NF; i++) silence[++n] = $i + 0
  }
  END {
    flush()
    printf "\n%s\n", (NR == 0 ? "Nothing ran." : bad || rc ? "Not all is well." : "All is well.")
    exit (NR == 0 || bad) ? 1 : 0
  }' > "$out" || rc=1
cat "$out"
exit "$rc"
