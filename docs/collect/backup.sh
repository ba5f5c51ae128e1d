#!/bin/sh
# Lists the copies of a team's backup, for the collector `backups`.
# TEAM: the team's id. WORKSPACE: the folder with milepost.toml.
# For restic: RESTIC_REPOSITORY and RESTIC_PASSWORD_FILE; for borg: BORG_REPO and BORG_PASSPHRASE.
set -eu
: "${TEAM:?}" "${WORKSPACE:=.}"
inbox="$WORKSPACE/inbox/$TEAM"
mkdir -p "$inbox"
if [ -n "${RESTIC_REPOSITORY:-}" ]; then
  restic snapshots --json >"$inbox/restic-snapshots.json"
else
  borg list --json "${BORG_REPO:?}" >"$inbox/borg-list.json"
fi
milepost --root "$WORKSPACE" collect backups --team "$TEAM"
