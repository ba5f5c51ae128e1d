#!/bin/sh
# Checks this machine against a benchmark by OpenSCAP, for the collector `standard`.
# TEAM: the team's id. WORKSPACE: the folder with milepost.toml. BENCHMARK: a file of XCCDF, or a data stream such as those of the SCAP
# Security Guide. PROFILE: its profile, if it has several.
set -eu
: "${TEAM:?}" "${WORKSPACE:=.}" "${BENCHMARK:?}"
mkdir -p "$WORKSPACE/inbox/$TEAM"
result="$(cd "$WORKSPACE/inbox/$TEAM" && pwd)/standard.xml"
# Exit code 2 says that a rule failed: that is no failure of the job, but what the job is for.
(cd "$(dirname "$BENCHMARK")" && oscap xccdf eval ${PROFILE:+--profile "$PROFILE"} --results-arf "$result" "$(basename "$BENCHMARK")" >/dev/null) \
  || [ $? = 2 ]
milepost --root "$WORKSPACE" collect standard --team "$TEAM"
