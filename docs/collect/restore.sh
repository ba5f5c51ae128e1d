#!/bin/sh
# Restores the newest copy to an empty folder and compares it, for the collector `restore-drill`.
# TEAM: the team's id. WORKSPACE: the folder with milepost.toml. DIGESTS: a list that `sha256sum` wrote of the original, with paths as
# they stand in the copy, without a slash before them.
# For restic: RESTIC_REPOSITORY and RESTIC_PASSWORD_FILE; for borg: BORG_REPO and BORG_PASSPHRASE.
set -eu
: "${TEAM:?}" "${WORKSPACE:=.}" "${DIGESTS:?}"
inbox="$(mkdir -p "$WORKSPACE/inbox/$TEAM" && cd "$WORKSPACE/inbox/$TEAM" && pwd)"
digests="$(cd "$(dirname "$DIGESTS")" && pwd)/$(basename "$DIGESTS")"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
begun="$(date -u +%FT%TZ)"
if [ -n "${RESTIC_REPOSITORY:-}" ]; then
  restic restore latest --target "$folder" >/dev/null
else
  archive="$(borg list --last 1 --format '{archive}' "${BORG_REPO:?}")"
  (cd "$folder" && borg extract "$BORG_REPO::$archive")
fi
escaped() { printf '%s' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/"/\&quot;/g'; }
{
  printf '<?xml version="1.0" encoding="utf-8"?>\n<testsuite name="restore-drill" timestamp="%s">\n' "$begun"
  while read -r digest path; do
    name="$(escaped "$path")"
    if printf '%s  %s\n' "$digest" "$path" | (cd "$folder" && sha256sum --check --status 2>/dev/null); then
      printf '  <testcase classname="restore" name="%s"/>\n' "$name"
    else
      printf '  <testcase classname="restore" name="%s"><failure message="missing, or not the same"/></testcase>\n' "$name"
    fi
  done <"$digests"
  printf '</testsuite>\n'
} >"$inbox/restore-drill.xml"
milepost --root "$WORKSPACE" collect restore-drill --team "$TEAM"
