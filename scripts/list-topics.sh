#!/usr/bin/env bash
# Lists the topics of a cluster.
#   scripts/list-topics.sh --kafka HOST:PORT
set -euo pipefail
: "${KAFKA_HOME:?set KAFKA_HOME to an unpacked Kafka}"
if [ $# -ne 2 ] || [ "$1" != --kafka ]; then sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; fi
exec "$KAFKA_HOME/bin/kafka-topics.sh" --bootstrap-server "$2" --list
