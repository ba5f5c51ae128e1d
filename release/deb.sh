#!/usr/bin/env bash
# Makes a Debian package, and prints its path: release/deb.sh BINARY FOLDER
#
# Needs dpkg-deb and binutils. Files have the time SOURCE_DATE_EPOCH, or that of the last commit, and belong to root: the same binary
# gives the same bytes.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
binary=$(realpath "$1")
out=$(mkdir -p "$2" && cd "$2" && pwd)
export LC_ALL=C.UTF-8
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/Cargo.toml" | head -n 1)
architecture=$(dpkg --print-architecture)
# The newest symbols that the binary asks for say which glibc is old enough.
glibc=$(objdump -T "$binary" | grep -o 'GLIBC_[0-9.]*' | sort --unique --version-sort | tail -n 1)

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"
umask 022
doc=$tree/usr/share/doc/milepost
mkdir -p "$tree/DEBIAN" "$tree/usr/bin" "$doc" "$tree/usr/share/man/man1" "$tree/usr/share/bash-completion/completions" \
    "$tree/usr/share/zsh/vendor-completions" "$tree/usr/share/fish/vendor_completions.d"
strip -o "$tree/usr/bin/milepost" "$binary"
chmod 755 "$tree/usr/bin/milepost"
"$binary" man | gzip -9n >"$tree/usr/share/man/man1/milepost.1.gz"
"$binary" completions bash >"$tree/usr/share/bash-completion/completions/milepost"
"$binary" completions zsh >"$tree/usr/share/zsh/vendor-completions/_milepost"
"$binary" completions fish >"$tree/usr/share/fish/vendor_completions.d/milepost.fish"
gzip -9n <"$here/CHANGELOG.md" >"$doc/changelog.gz"
cat "$here/LICENSE" "$here/LICENSE-MIT" "$here/LICENSE-APACHE" >"$doc/copyright"
cat >"$tree/DEBIAN/control" <<END
Package: milepost
Version: $version
Architecture: $architecture
Maintainer: The Milepost developers <milepost@localhost>
Installed-Size: $(du --summarize --apparent-size --block-size=1024 "$tree" | cut -f 1)
Depends: libc6 (>= ${glibc#GLIBC_}), libgcc-s1
Recommends: git
Section: utils
Priority: optional
Description: NIST Cybersecurity Framework 2.0 self-assessment that lives in git
 One binary reads text files with dated evidence, reports every mistake in them,
 scores what the evidence supports, and builds a static HTML report. It asks the
 network for nothing.
END
package=$out/milepost_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zgzip --build "$tree" "$package" >/dev/null
echo "$package"
