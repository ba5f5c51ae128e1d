#!/usr/bin/env python3
"""Makes the archive of one platform, and prints its path.

    release/archive.py BINARY TARGET FOLDER      e.g. target/release/milepost x86_64-unknown-linux-gnu dist

It holds the binary, manual pages and completions (where the binary runs on this machine), licences, README and changelog. Names are
sorted, and every file has the time SOURCE_DATE_EPOCH, or that of the last commit: the same files give the same bytes.
"""
import gzip
import io
import os
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "CHANGELOG.md", "LICENSE", "LICENSE-APACHE", "LICENSE-MIT", "SECURITY.md"]
SHELLS = ["bash", "elvish", "fish", "powershell", "zsh"]


def said(*command):
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def extras(binary):
    try:
        yield "man/milepost.1", said(binary, "man")
    except OSError:
        return  # built for another machine
    for shell in SHELLS:
        yield f"completions/milepost.{shell}", said(binary, "completions", shell)


def main():
    binary, target, folder = Path(sys.argv[1]).resolve(), sys.argv[2], Path(sys.argv[3])
    version = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]["version"]
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or said("git", "log", "-1", "--format=%ct").decode()
    name = f"milepost-{version}-{target}"
    files = {page: (ROOT / page).read_bytes() for page in PAGES} | dict(extras(str(binary)))
    files["milepost.exe" if "windows" in target else "milepost"] = binary.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    mode = {"milepost": 0o755, "milepost.exe": 0o755}
    if "windows" in target:
        path = folder / f"{name}.zip"
        when = time.gmtime(max(int(epoch), 315532800))[:6]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for file, data in sorted(files.items()):
                entry = zipfile.ZipInfo(f"{name}/{file}", when)
                entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
                entry.external_attr = mode.get(file, 0o644) << 16
                archive.writestr(entry, data)
    else:
        path = folder / f"{name}.tar.gz"
        with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
            with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
                for file, data in sorted(files.items()):
                    entry = tarfile.TarInfo(f"{name}/{file}")
                    entry.size, entry.mtime, entry.mode = len(data), int(epoch), mode.get(file, 0o644)
                    archive.addfile(entry, io.BytesIO(data))
    print(path)


main()
