#!/usr/bin/env bash
# Installs, with apt-get, what the real-server and browser tests and scripts of models need and this machine lacks: Java 17,
# Chromium, Python 3, PostgreSQL, Mosquitto, RabbitMQ and Redis. Servers are installed without being started.
#   scripts/install-prerequisites.sh
set -euo pipefail
packages=()
command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
command -v chromium >/dev/null || packages+=(chromium fonts-dejavu-core)
command -v python3 >/dev/null || packages+=(python3)
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || packages+=(postgresql)
[ -x /usr/sbin/mosquitto ] || command -v mosquitto >/dev/null || packages+=(mosquitto)
[ -x /usr/sbin/rabbitmq-server ] || command -v rabbitmq-server >/dev/null || packages+=(rabbitmq-server)
command -v redis-server >/dev/null || packages+=(redis-server)
if [ "${#packages[@]}" -eq 0 ]; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "install-prerequisites: no apt-get here; install these by hand: ${packages[*]}" >&2
  exit 1
fi
sudo=""
if [ "$(id -u)" -ne 0 ]; then sudo="sudo"; fi
$sudo apt-get update -qq
# Packages of servers start them, unless the run level is none for services.
$sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq "${packages[@]}" >/dev/null
