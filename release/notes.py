#!/usr/bin/env python3
"""Prints the section of CHANGELOG.md for a version: the notes of its release.

    release/notes.py [VERSION]      by default the version of Cargo.toml
"""
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main():
    package = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]
    version = sys.argv[1] if len(sys.argv) > 1 else package["version"]
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    # `## [1.2.3] - 2027-01-31`; before the first release, `## [Unreleased]: 0.1.0`.
    heads = list(re.finditer(r"^## \[([^\]]+)\](?:: (\S+))?.*$", text, re.MULTILINE))
    for at, head in enumerate(heads):
        if version in (head[1], head[2]):
            end = heads[at + 1].start() if at + 1 < len(heads) else len(text)
            print(text[head.end() : end].strip())
            return
    sys.exit(f"CHANGELOG.md has no section for {version}")


main()
