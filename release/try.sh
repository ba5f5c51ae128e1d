#!/usr/bin/env bash
# Packages a binary in each way, installs each package into a folder of its own, and runs what it installed: release/try.sh BINARY
#
# Needs what the scripts beside it need.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)

# Whether a program is what was packaged, and does its work far from this repository.
works() {
    local milepost=$1 folder
    folder=$(mktemp -d "$work/run.XXXX")
    [ "$("$milepost" --version)" = "milepost $version" ]
    (cd "$folder" && "$milepost" init own && "$milepost" --root own check && "$milepost" --root own build) >/dev/null 2>&1
    [ -s "$folder/own/public/index.html" ]
}

same_twice() {
    local what=$1 first second
    shift
    first=$("$@" "$work/first")
    second=$("$@" "$work/second")
    cmp "$first" "$second"
    printf '%s: %d bytes, the same twice\n' "$what" "$(stat --format %s "$first")"
    made=$first
}

strip -o "$work/milepost" "$binary"
host=$(rustc -vV | sed -n 's/^host: //p')
same_twice "The archive" release/archive.py "$work/milepost" "$host"
mkdir "$work/archive"
tar --extract --gzip --file "$made" --directory "$work/archive" --strip-components 1
works "$work/archive/milepost"
same_twice "The archive for Windows" release/archive.py "$work/milepost" x86_64-pc-windows-gnu
python3 -m zipfile --test "$made" >/dev/null

same_twice "The Debian package" release/deb.sh "$binary"
root=$work/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/triggers"
touch "$root/var/lib/dpkg/status"
dpkg --root="$root" --log="$work/dpkg.log" --force-not-root --force-depends --force-script-chrootless --install "$made" >/dev/null 2>&1
dpkg --root="$root" --status milepost | grep --quiet '^Status: install ok installed$'
works "$root/usr/bin/milepost"

same_twice "The wheel" release/wheel.py "$work/milepost" "$host"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-index --no-deps "$made"
works "$work/venv/bin/milepost"
python3 -m zipfile --test "$(release/wheel.py "$work/milepost" x86_64-pc-windows-msvc "$work/others")" >/dev/null

release/notes.py >"$work/notes.md"
grep --quiet '^### ' "$work/notes.md"
docs/ci/sbom.py >"$work/sbom.json"
