# A Kafka 3.9 broker with the original's settings. The archive comes from the build context (docker/kafka/kafka.tgz):
# the official kafka_2.13-3.9.x.tgz, checked by its published SHA-512 before it is put there.
FROM eclipse-temurin:17-jre-jammy
COPY kafka/kafka.tgz /tmp/kafka.tgz
RUN mkdir -p /opt/kafka /opt/lockstep /var/lib/kafka /var/lib/zookeeper \
  && tar -xzf /tmp/kafka.tgz -C /opt/kafka --strip-components=1 \
  && rm /tmp/kafka.tgz \
  && useradd --system --uid 10001 kafka \
  && chown kafka /var/lib/kafka /var/lib/zookeeper /opt/kafka
COPY kafka/server.properties kafka/start-broker.sh zookeeper/zookeeper.properties /opt/lockstep/
USER kafka
EXPOSE 9092
HEALTHCHECK --interval=10s --timeout=10s --retries=12 \
  CMD ["/opt/kafka/bin/kafka-broker-api-versions.sh", "--bootstrap-server", "localhost:9092"]
CMD ["/opt/lockstep/start-broker.sh"]
