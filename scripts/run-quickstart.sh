#!/usr/bin/env bash
# Builds what the demo needs and starts it: an HA group on the embedded cluster, live in the browser.
#   scripts/run-quickstart.sh [any option of the manager, such as --urls http://127.0.0.1:9000 or --demo-rate 200]
# Prints a link; Ctrl-C ends the console, the group goes on (scripts/stop-local.sh ends everything of the data folder).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
echo "Building (about a minute the first time) ..."
# Analyzers are for those who change the code; whoever tries it out should not wait for them.
dotnet build scripts/quickstart.slnf -c Release -v quiet -nologo -p:RunAnalyzers=false
scripts/publish-worker.sh
exec dotnet artifacts/bin/Manager.Web/release/Lockstep.Manager.Web.dll --demo \
  --worker "$PWD/artifacts/publish/worker/Lockstep.Engine.Worker.dll" "$@"
