#!/usr/bin/env bash
# Checks the CI files of this folder, and the recipe of a release, against the schemas of GitHub and GitLab. Needs python3 with venv,
# and a package index.
set -euo pipefail
cd "$(dirname "$0")"

venv=${CARGO_TARGET_DIR:-../../target}/recipes
if [ ! -x "$venv/bin/check-jsonschema" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check check-jsonschema
fi
"$venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows github.yml ../../release/release.yml
"$venv/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci gitlab.yml
