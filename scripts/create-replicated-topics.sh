#!/usr/bin/env bash
# Creates the topics of a project in advance, one partition each: inbound, outbound, journal, metadata and the adapters'
# metatopics. Members create what is missing themselves; this is for clusters where topics are made by their keepers.
#   scripts/create-replicated-topics.sh --kafka HOST:PORT --prefix PREFIX --project PROJECT \
#     --in CONTQUERY.WINDOW --out CONTQUERY.WINDOW [--replication 3] [--retention-ms 604800000]
set -euo pipefail
: "${KAFKA_HOME:?set KAFKA_HOME to an unpacked Kafka}"
kafka="" prefix="" project="" in="" out="" replication=3 retention=604800000
while [ $# -gt 1 ]; do
  case "$1" in
    --kafka) kafka="$2" ;;
    --prefix) prefix="$2" ;;
    --project) project="$2" ;;
    --in) in="$2" ;;
    --out) out="$2" ;;
    --replication) replication="$2" ;;
    --retention-ms) retention="$2" ;;
    *) break ;;
  esac
  shift 2
done
if [ $# -gt 0 ] || [ -z "$kafka" ] || [ -z "$prefix" ] || [ -z "$project" ] || [ -z "$in" ] || [ -z "$out" ]; then
  sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
create() { # TOPIC CONFIG...
  local topic="$1" configs=(); shift
  for config in "$@"; do configs+=(--config "$config"); done
  "$KAFKA_HOME/bin/kafka-topics.sh" --bootstrap-server "$kafka" --create --if-not-exists --topic "$topic" \
    --partitions 1 --replication-factor "$replication" "${configs[@]}"
}
create "$prefix.$project.$in.I" "retention.ms=$retention"
create "$prefix.$project.$out.O" "retention.ms=$retention"
create "$prefix.$project.J" retention.ms=-1
create "$prefix.M" cleanup.policy=compact
create ESPAdapterMetapub cleanup.policy=compact
create ESPAdapterMetasub cleanup.policy=compact
