#!/usr/bin/env python3
"""Draws a sample of a sealed quarter, without Milepost's code.

    sample.py ROOT QUARTER BEFORE SIZE BY SEED

It knows workspaces whose teams claim levels, where the claimed level counts, and answers no facts. It follows docs/audit.md.
"""

import hashlib
import json
import sys
import tomllib
from fractions import Fraction
from pathlib import Path


def read(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


def controls(root):
    """The Function of each control, in the order of the catalog."""
    order = read(root / "controls/own/framework.toml")["functions"]
    files = {read(path)["id"]: read(path) for path in root.glob("controls/own/*.toml") if path.name != "framework.toml"}
    found = {}
    for function in order:
        for category in files[function].get("category", []):
            for control in category.get("control", []):
                found[control["id"]] = function
    return found


def answers(root, quarter, known):
    """What each team states of each control: a level, or None for not applicable."""
    found = {}
    for folder in sorted((root / "content" / quarter).iterdir()):
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() and folder.name != "reviews" else []:
            for control, answer in read(path).items():
                if "level" in answer:
                    found[control, folder.name] = answer["level"]
                elif "not_applicable" in answer:
                    found[control, folder.name] = None
    return {key: stated for key, stated in found.items() if key[0] in known}


def seats(sizes, size):
    """Seats by largest remainder; at least one each while there are enough."""
    fixed = {}
    while size >= len(sizes):
        rest = {name: count for name, count in sizes.items() if name not in fixed}
        total = sum(rest.values())
        small = [name for name, count in rest.items() if Fraction((size - len(fixed)) * count, total) < 1]
        if not small:
            break
        fixed.update(dict.fromkeys(small, 1))
    rest = {name: count for name, count in sizes.items() if name not in fixed}
    quotas = {name: Fraction((size - len(fixed)) * count, sum(rest.values())) for name, count in rest.items()}
    given = {name: int(quota) for name, quota in quotas.items()}
    left = size - len(fixed) - sum(given.values())
    for name in sorted(quotas, key=lambda name: (given[name] - quotas[name], name))[:left]:
        given[name] += 1
    return fixed | given


def main():
    root, quarter, before, size, by, seed = Path(sys.argv[1]), *sys.argv[2:]
    known = controls(root)
    teams = [team["id"] for team in read(root / "milepost.toml")["team"]]
    rows = read(root / "milepost.toml").get("controls", {})
    key_controls = {control for control, row in rows.items() if row.get("key")}
    stated, earlier = answers(root, quarter, known), answers(root, before, known)
    digest = hashlib.sha256((root / "content" / quarter / "seal.toml").read_bytes()).hexdigest()

    def has_risen(answer):
        now, then = stated[answer], earlier.get(answer)
        return now is not None and then is not None and Fraction(str(now)) - Fraction(str(then)) >= 2

    order = sorted(stated, key=lambda answer: (list(known).index(answer[0]), teams.index(answer[1])))
    keys = [answer for answer in order if answer[0] in key_controls]
    rises = [answer for answer in order if answer not in keys and has_risen(answer)]
    population = [answer for answer in order if answer not in keys and answer not in rises]
    strata = {}
    for control, team in population:
        line = "\t".join([digest, "own", control, team, seed]) + "\n"
        strata.setdefault(known[control] if by == "function" else team, []).append(
            (hashlib.sha256(line.encode()).hexdigest(), (control, team))
        )
    given = seats({name: len(part) for name, part in strata.items()}, int(size))
    drawn = {answer for name, part in strata.items() for _, answer in sorted(part)[: given[name]]}
    result = [(*answer, "drawn") for answer in population if answer in drawn]
    result += [(*answer, "key") for answer in keys] + [(*answer, "rise") for answer in rises]
    print(json.dumps({"population": len(population), "strata": given, "answers": result}))


main()
