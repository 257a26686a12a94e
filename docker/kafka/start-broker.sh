#!/bin/sh
# Entry of a broker's container: writes the properties of broker $BROKER_ID and becomes the broker.
set -eu
: "${BROKER_ID:?}"
sed -e "s|^broker.id=.*|broker.id=$BROKER_ID|" \
  -e "s|^advertised.listeners=.*|advertised.listeners=PLAINTEXT://broker$BROKER_ID:9092|" \
  /opt/lockstep/server.properties >/tmp/server.properties
exec /opt/kafka/bin/kafka-server-start.sh /tmp/server.properties
