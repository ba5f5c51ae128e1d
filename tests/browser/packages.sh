#!/bin/sh
# Installs the packages of package.json that are missing, for the browser tests and for the judges of tests/suite/payloads.rs, and taplo
# for tests/suite/schema.rs, and DuckDB for tests/suite/group.rs.
set -eu
cd "$(dirname "$0")"

# package.json has exact versions. There is no lock file, because it would name the registry.
sed -n '/"devDependencies"/,/}/s/^ *"\(.*\)": "\([0-9].*\)".*/\1 \2/p' package.json | while read -r package wanted; do
  found=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "node_modules/$package/package.json" 2>/dev/null | head -n 1)
  if [ "$wanted" != "$found" ]; then
    npm install --no-package-lock --ignore-scripts --no-audit --no-fund
    break
  fi
done

# taplo reads the schemas of `milepost schema` as editors do.
venv=${CARGO_TARGET_DIR:-../../target}/taplo
if [ ! -x "$venv/bin/taplo" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check taplo==0.9.3
fi

# DuckDB adds up tables by docs/fleet/fleet.sql, for tests/suite/group.rs.
venv=${CARGO_TARGET_DIR:-../../target}/duckdb
if ! [ -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import duckdb' 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1
fi
