#!/bin/sh
# Takes over the JUnit report of a test run, for the collector `tests`.
# TEAM: the team's id. WORKSPACE: the folder with milepost.toml. REPORT: the report, as pytest --junit-xml or cargo nextest write it.
set -eu
: "${TEAM:?}" "${WORKSPACE:=.}" "${REPORT:?}"
mkdir -p "$WORKSPACE/inbox/$TEAM"
cp "$REPORT" "$WORKSPACE/inbox/$TEAM/tests.xml"
# A report without a time of its own gets this day.
milepost --root "$WORKSPACE" collect tests --team "$TEAM" --date "$(date +%F)"
