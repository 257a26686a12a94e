#!/usr/bin/env bash
# Shows partitions, replicas, in-sync replicas and settings of one topic.
#   scripts/describe-topic.sh --kafka HOST:PORT --topic TOPIC
set -euo pipefail
: "${KAFKA_HOME:?set KAFKA_HOME to an unpacked Kafka}"
if [ $# -ne 4 ] || [ "$1" != --kafka ] || [ "$3" != --topic ]; then
  sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
exec "$KAFKA_HOME/bin/kafka-topics.sh" --bootstrap-server "$2" --describe --topic "$4"
