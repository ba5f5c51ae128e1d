#!/bin/sh
# Asks GitLab for the four delivery figures of a quarter, for collectors with the mappings gitlab-deployments, gitlab-lead-time,
# gitlab-change-failures and gitlab-restore-time.
# TEAM: the team's id. WORKSPACE: the folder with milepost.toml. GITLAB: the address of the API, as in https://gitlab.example/api/v4.
# PROJECT: the project's number. GITLAB_TOKEN: a token that may read it. START and END: the first and last day.
set -eu
: "${TEAM:?}" "${WORKSPACE:=.}" "${GITLAB:?}" "${PROJECT:?}" "${GITLAB_TOKEN:?}" "${START:?}" "${END:?}"
inbox="$WORKSPACE/inbox/$TEAM"
mkdir -p "$inbox"
for metric in deployment_frequency lead_time_for_changes change_failure_rate time_to_restore_service; do
  # The rate of a quarter is no mean of the rates of its days.
  [ "$metric" = change_failure_rate ] && interval=all || interval=daily
  curl --fail --silent --show-error --header "PRIVATE-TOKEN: $GITLAB_TOKEN" \
    "$GITLAB/projects/$PROJECT/dora/metrics?metric=$metric&interval=$interval&start_date=$START&end_date=$END" >"$inbox/$metric.json"
done
milepost --root "$WORKSPACE" collect --team "$TEAM" --date "$END"
