#!/usr/bin/env bash
# Starts a real local cluster as the original asks for: one ZooKeeper (tickTime 500) and three Kafka brokers registered
# in it. Needs KAFKA_HOME (Kafka 3.9, the last one with ZooKeeper; its ZooKeeper is used) and Java.
#   scripts/start-local-cluster.sh [--data DIR] [--kafka-port 9092] [--zookeeper-port 2181]
#   scripts/start-local-cluster.sh --stop [--data DIR]
# Data, logs and pids lie in DIR (default ./local-cluster). Everything listens on 127.0.0.1 only.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
data=./local-cluster kafka_port=9092 zookeeper_port=2181 stop=0
while [ $# -gt 0 ]; do
  case "$1" in
    --data) data="$2"; shift ;;
    --kafka-port) kafka_port="$2"; shift ;;
    --zookeeper-port) zookeeper_port="$2"; shift ;;
    --stop) stop=1 ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done
mkdir -p "$data"
data="$(cd "$data" && pwd)"

end() { # NAME: ends one server and waits for it
  [ -f "$data/$1.pid" ] || return 0
  local pid; pid="$(cat "$data/$1.pid")"
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$data/$1.pid"
}
if [ "$stop" = 1 ]; then
  for name in broker0 broker1 broker2 zookeeper; do end "$name"; done
  exit 0
fi

: "${KAFKA_HOME:?set KAFKA_HOME to an unpacked Kafka 3.9}"
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
await() { # PORT LOG
  for _ in $(seq 600); do if answers "$1"; then return 0; fi; sleep 0.1; done
  echo "start-local-cluster: nothing answers on port $1; see $2" >&2
  exit 1
}
launch() { # NAME COMMAND...: runs in a session of its own, so that this script may end
  local name="$1"; shift
  LOG_DIR="$data/$name-logs" setsid "$@" >"$data/$name.log" 2>&1 </dev/null &
  echo $! >"$data/$name.pid"
}

sed -e "s|^dataDir=.*|dataDir=$data/zookeeper|" -e "s|^clientPort=.*|clientPort=$zookeeper_port|" \
  "$here/../docker/zookeeper/zookeeper.properties" >"$data/zookeeper.properties"
printf 'clientPortAddress=127.0.0.1\n' >>"$data/zookeeper.properties"
launch zookeeper "$KAFKA_HOME/bin/zookeeper-server-start.sh" "$data/zookeeper.properties"
await "$zookeeper_port" "$data/zookeeper.log"

brokers=""
for i in 0 1 2; do
  port=$((kafka_port + i))
  sed -e "s|^broker.id=.*|broker.id=$i|" -e "s|^log.dirs=.*|log.dirs=$data/kafka-$i|" \
    -e "s|^listeners=.*|listeners=PLAINTEXT://127.0.0.1:$port|" \
    -e "s|^advertised.listeners=.*|advertised.listeners=PLAINTEXT://127.0.0.1:$port|" \
    -e "s|^zookeeper.connect=.*|zookeeper.connect=127.0.0.1:$zookeeper_port|" \
    "$here/../docker/kafka/server.properties" >"$data/broker$i.properties"
  launch "broker$i" "$KAFKA_HOME/bin/kafka-server-start.sh" "$data/broker$i.properties"
  brokers="$brokers${brokers:+,}127.0.0.1:$port"
done
for i in 0 1 2; do await $((kafka_port + i)) "$data/broker$i.log"; done
echo "KAFKA=$brokers"
echo "ZOOKEEPER=127.0.0.1:$zookeeper_port"
