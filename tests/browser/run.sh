#!/bin/sh
# Installs what is missing and tests the built report in a browser: MILEPOST=path/to/milepost tests/browser/run.sh
set -eu
cd "$(dirname "$0")"

missing=""
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing="$missing chromium"
command -v java >/dev/null || missing="$missing default-jre-headless"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
  apt-get update -q
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing fonts-dejavu-core
fi

./packages.sh

if [ -z "${MILEPOST:-}" ] && [ ! -x ../../target/release/milepost ]; then
  cargo build --release --manifest-path ../../Cargo.toml
fi
# Makes the workspaces of hostile texts, unless WORKSPACES=made says that the tests have just done so.
if [ "${WORKSPACES:-}" != made ]; then
  (cd ../.. && cargo test --locked --quiet --test suite workspaces_for_the_browser)
fi
exec node --test --test-reporter="${REPORTER:-spec}" run.mjs
