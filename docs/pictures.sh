#!/usr/bin/env bash
# Makes the README's pictures in docs/ from the example: the dashboard, a control, and the changes.
#
# Needs Rust and the Debian packages chromium and optipng.
set -euo pipefail
cd "$(dirname "$0")/.."

site=$(mktemp -d)
trap 'rm -rf "$site"' EXIT
cargo run --quiet --release --locked -- build --out "$site/public"

# NAME PAGE HEIGHT: takes a picture of the top of a page, 1440 pixels wide, in the light scheme.
picture() {
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-color-profile=srgb \
        --user-data-dir="$site/profile" --blink-settings=preferredColorScheme=1 --window-size="1440,$3" \
        --screenshot="$PWD/docs/$1.png" "file://$site/public/$2" 2>/dev/null
    optipng -quiet -o5 -strip all "docs/$1.png"
    if [ "$(stat --format %s "docs/$1.png")" -gt 300000 ]; then
        echo "docs/$1.png is larger than 300 KB" >&2
        exit 1
    fi
}

picture dashboard index.html 850
picture control 2026-Q3/controls/PR.DS-11/index.html 1035
picture changes 2026-Q4/changes/index.html 830
