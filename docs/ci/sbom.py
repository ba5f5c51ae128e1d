#!/usr/bin/env python3
"""Prints the packages in the binary: a software bill of materials in CycloneDX 1.6, made from Cargo.lock and `cargo metadata`.

    docs/ci/sbom.py [TARGET [CARGO-OPTION...]]      e.g. docs/ci/sbom.py x86_64-unknown-linux-musl --no-default-features

The default of TARGET is this machine. The same arguments and the same Cargo.lock give the same bytes: the output has no time and no
serial number. It leaves out packages that only tests and benchmarks need, and includes those that run during the build.
"""
import json, os, subprocess, sys, tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CARGO = os.environ.get("CARGO", "cargo")


def said(*command):
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def host():
    return next(line.removeprefix("host: ") for line in said("rustc", "-vV").splitlines() if line.startswith("host: "))


def needs(resolve):
    """The id of each package that the binary needs, with the ids of the packages that it needs itself."""
    nodes = {node["id"]: node["deps"] for node in resolve["nodes"]}
    needed, unseen = {}, [resolve["root"]]
    while unseen:
        package = unseen.pop()
        if package not in needed:
            lasting = [dep["pkg"] for dep in nodes[package] if any(kind["kind"] != "dev" for kind in dep["dep_kinds"])]
            needed[package] = sorted(set(lasting))
            unseen += lasting
    return needed


def component(package, checksums):
    # Until 2018, crates wrote a slash for "or".
    licence = package["license"].replace("/", " OR ").replace("  ", " ")
    # Milepost itself is not in a registry.
    kind = "cargo" if package["source"] else "generic"
    purl = f"pkg:{kind}/{package['name']}@{package['version']}"
    made = {"type": "library", "bom-ref": purl, "name": package["name"], "version": package["version"]}
    if package["source"]:
        made["hashes"] = [{"alg": "SHA-256", "content": checksums[package["name"], package["version"]]}]
    return made | {"licenses": [{"expression": licence}], "purl": purl}


def main():
    target, options = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else (host(), [])
    metadata = json.loads(said(CARGO, "metadata", "--locked", "--format-version=1", "--filter-platform", target, *options))
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in lock["package"]}
    needed = needs(metadata["resolve"])
    made = {package["id"]: component(package, checksums) for package in metadata["packages"] if package["id"] in needed}
    refs = {id: component["bom-ref"] for id, component in made.items()}
    binary = made.pop(metadata["resolve"]["root"]) | {"type": "application"}
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": binary,
            "properties": [{"name": "target", "value": target}, {"name": "options", "value": " ".join(options)}],
        },
        "components": sorted(made.values(), key=lambda component: component["bom-ref"]),
        "dependencies": sorted(
            ({"ref": refs[id], "dependsOn": sorted(refs[dep] for dep in deps)} for id, deps in needed.items()),
            key=lambda dependency: dependency["ref"],
        ),
    }
    print(json.dumps(bill, indent=2))


main()
