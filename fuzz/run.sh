#!/usr/bin/env bash
# Fuzzes: fuzz/run.sh [SECONDS-PER-TARGET] [TARGET], on stable Rust. The default is the smoke run: 20 seconds for each target.
# Up to a minute a run starts from the seeds and the same random number; a longer one goes on from what longer ones found before.
#
# Needs Rust and a C++ compiler. Exits with 1 where a target crashed, hung or took too much memory, and says how to see it again.
# No input has more than 4 KiB, and one in eight is repeated up to 64 KiB: that takes a few hundredths of a second, and
# what grows with the square of the input, or faster, outlasts the 5 seconds that an input has.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-20}
targets=(evidence catalog config mapping markdown chart paths git seal csv xlsx workbook published result table)
if [ $# -gt 1 ]; then targets=("$2"); fi
out=$(mkdir -p "${CARGO_TARGET_DIR:-target}/fuzz" && cd "${CARGO_TARGET_DIR:-target}/fuzz" && pwd)
host=$(rustc -vV | sed -n 's/^host: //p')

# What cargo-fuzz passes, without what needs a nightly compiler: edges, comparisons, and the functions that hold them.
flags=(--cfg fuzzing -Cpasses=sancov-module)
for option in level=4 inline-8bit-counters pc-table trace-compares; do
    flags+=("-Cllvm-args=-sanitizer-coverage-$option")
done
# With --target, build scripts and macros are built without the flags.
RUSTFLAGS=${flags[*]} CARGO_TARGET_DIR=$out \
    cargo build --manifest-path fuzz/Cargo.toml --release --locked --target "$host" --bins

TMPDIR=$(mktemp -d)
trap 'rm -rf "$TMPDIR"' EXIT

# A target's run: says how it went, and fails where it found something.
fuzz() {
    local target=$1 program=$out/$host/release/$1 log=$out/$1.log found=$out/crashes/$1
    local limits=(-timeout=5 -rss_limit_mb=512) corpus=$out/corpus/$1 random=()
    if [ "$seconds" -le 60 ]; then
        corpus=$TMPDIR/$1
        random=(-seed=1)
    fi
    mkdir -p "$corpus" "$found"
    # Entropic scheduling takes longer here than the runs that it chooses.
    if "$program" "$corpus" "fuzz/seeds/$target" "${limits[@]}" "${random[@]}" -max_len=4096 -entropic=0 -dict=fuzz/words.dict \
        -max_total_time="$seconds" -artifact_prefix="$found/" -print_final_stats=1 >"$log" 2>&1; then
        printf '%-9s %s\n' "$target" "$(sed -n 's/^Done //p' "$log")"
    else
        tail -n 60 "$log"
        local input
        input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
        printf '\n%s failed. All that it printed is in %s, its input in %s. To see it again:\n  %s\n' \
            "$target" "$log" "${input:-none}" "$program ${limits[*]} $input"
        return 1
    fi
}
export -f fuzz
export TMPDIR seconds out host

printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I TARGET bash -euo pipefail -c 'fuzz TARGET' || exit 1
