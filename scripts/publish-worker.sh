#!/usr/bin/env bash
# Publishes the worker, compiled ahead of time, into artifacts/publish/worker: a standby that takes over runs much of its
# code for the first time, and should not wait for the JIT just then.
#   scripts/publish-worker.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case "$(uname -m)" in aarch64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac
dotnet publish src/Engine.Worker -c Release -r "$rid" --self-contained false -v quiet -nologo \
  -p:PublishReadyToRun=true -p:RunAnalyzers=false -o artifacts/publish/worker
