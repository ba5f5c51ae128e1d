#!/bin/sh
# Scans a folder of configuration, for the collector `scan`.
# TEAM: the team's id. WORKSPACE: the folder with milepost.toml. FOLDER: what is scanned.
set -eu
: "${TEAM:?}" "${WORKSPACE:=.}" "${FOLDER:?}"
inbox="$WORKSPACE/inbox/$TEAM"
mkdir -p "$inbox"
if command -v checkov >/dev/null; then
  # A finding is no failure of the job: it is what the job is for.
  checkov --directory "$FOLDER" --output json --soft-fail --quiet >"$inbox/checkov.json"
else
  trivy config --format json --output "$inbox/trivy.json" "$FOLDER"
fi
# Checkov's file says no day.
milepost --root "$WORKSPACE" collect scan --team "$TEAM" --date "$(date +%F)"
