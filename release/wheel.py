#!/usr/bin/env python3
"""Makes a Python wheel that holds nothing but a binary, and prints its path: `pip install` puts `milepost` beside `python`.

    release/wheel.py BINARY TARGET FOLDER      e.g. target/release/milepost x86_64-unknown-linux-gnu dist

The binary is the one that the other packages hold: nothing is compiled here. For Linux, the wheel's name states the oldest glibc that
it runs on, which binutils reads of the binary. Every file has the time SOURCE_DATE_EPOCH, or that of the last commit: the same binary
gives the same bytes. The format: https://packaging.python.org/specifications/binary-distribution-format/
"""
import base64
import hashlib
import os
import re
import subprocess
import sys
import time
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LICENCES = ["LICENSE", "LICENSE-APACHE", "LICENSE-MIT"]
# The oldest systems that Rust's standard library supports.
OTHERS = {
    "aarch64-apple-darwin": "macosx_11_0_arm64",
    "x86_64-apple-darwin": "macosx_10_12_x86_64",
    "x86_64-pc-windows-gnu": "win_amd64",
    "x86_64-pc-windows-msvc": "win_amd64",
}


def said(*command):
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode()


def platform(binary, target):
    """Where the binary runs, as pip asks for it."""
    if target in OTHERS:
        return OTHERS[target]
    symbols = re.findall(r"GLIBC_(\d+)\.(\d+)", said("objdump", "-T", binary))
    major, minor = max((int(major), int(minor)) for major, minor in symbols)
    return f"manylinux_{major}_{minor}_{target.split('-')[0]}"


def files(binary, target):
    package = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]
    name = f"{package['name']}-{package['version']}"
    tag = f"py3-none-{platform(binary, target)}"
    program = "milepost.exe" if "windows" in target else "milepost"
    metadata = {
        "Metadata-Version": "2.1",
        "Name": package["name"],
        "Version": package["version"],
        "Summary": package["description"],
        "License": package["license"],
    }
    wheel = {"Wheel-Version": "1.0", "Generator": "release/wheel.py", "Root-Is-Purelib": "false", "Tag": tag}
    held = {f"{name}.data/scripts/{program}": Path(binary).read_bytes(), f"{name}.dist-info/METADATA": headers(metadata)}
    held |= {f"{name}.dist-info/licenses/{licence}": (ROOT / licence).read_bytes() for licence in LICENCES}
    held[f"{name}.dist-info/WHEEL"] = headers(wheel)
    # The list of all comes last, and has no digest of its own.
    held[f"{name}.dist-info/RECORD"] = "".join(f"{path},{digest(data)},{len(data)}\n" for path, data in held.items()).encode()
    held[f"{name}.dist-info/RECORD"] += f"{name}.dist-info/RECORD,,\n".encode()
    return f"{name}-{tag}.whl", held


def headers(fields):
    return "".join(f"{key}: {value}\n" for key, value in fields.items()).encode()


def digest(data):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def main():
    binary, target, folder = str(Path(sys.argv[1]).resolve()), sys.argv[2], Path(sys.argv[3])
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or said("git", "log", "-1", "--format=%ct")
    when = time.gmtime(max(int(epoch), 315532800))[:6]
    name, held = files(binary, target)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, data in held.items():
            entry = zipfile.ZipInfo(path, when)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (0o100755 if "/scripts/" in path else 0o100644) << 16
            archive.writestr(entry, data)
    print(folder / name)


main()
