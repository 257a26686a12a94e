#!/usr/bin/env bash
# Lints the compose file and the Dockerfiles with two npm tools of fixed versions (needs node and npm).
#   scripts/check-docker.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
npx --yes dclint@3.1.0 --max-warnings 0 docker/compose.yaml
npx --yes dockerfilelint@1.8.0 docker/*.Dockerfile
