#!/usr/bin/env python3
"""Measures sums over many units: `fleet.py MILEPOST [UNITS [QUARTERS]]`, 5,000 units and 8 quarters by default.

It makes a table of the 106 CSF 2.0 Subcategories for each unit (the same bytes each time), lets DuckDB add them up by
docs/fleet/fleet.sql from CSV and from one Parquet file, and lets MILEPOST build the report of the group. It needs the package duckdb,
and 350 MB of disk for each 1,000 units. It prints the rows of the table in README.md."""
import os
import random
import resource
import shutil
import subprocess
import sys
import time

import duckdb

from corpus import CATEGORIES, numbers, quarters

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HEADER = ("unit,quarter,framework,framework_version,function,category,control,parent,team,scale,rules,policy,sealed,weight,mean,"
          "claimed,supported,low,high,floor,target,assessed,applicable,unknown,unanswered,not_applicable,given,carried,targeted,"
          "at_target,withheld,overall,minimum_coverage\n")
CONTROLS = [(f, f"{f}.{c}", f"{f}.{c}-{n:02d}") for f, cats in CATEGORIES.items() for c, spec in cats.items() for n in numbers(spec)]


def states():
    """The cells of a row from `sealed` on, for each thing that a unit may say."""
    for level in range(6):
        m = level * 1_000_000
        yield f"1,{m},{m},{m},{m},{m},{m},3000000,1,1,0,0,0,1,0,1,{int(level >= 3)},false,functions,60\n"
    yield "1,,,,0,5000000,,3000000,0,1,1,0,0,1,0,1,0,true,functions,60\n"
    yield "1,,,,0,5000000,,3000000,0,1,0,1,0,0,0,1,0,true,functions,60\n"
    yield "1,,,,,,,,0,0,0,0,1,1,0,0,0,false,functions,60\n"


def make(folder, units, names):
    """Writes the tables."""
    rng, said = random.Random(7), list(states())
    rules, weights = "a" * 64, [4, 12, 22, 28, 20, 6, 3, 4, 3]
    for unit in range(units):
        place = os.path.join(folder, f"unit-{unit:05}")
        os.makedirs(place)
        policy = f"{unit:064x}"
        with open(os.path.join(place, "table.csv"), "w", encoding="utf-8") as file:
            file.write(HEADER)
            for quarter in names:
                start, end = f"Unit {unit:05},{quarter},csf-2.0,2.0,", f",,,0 to 5 in steps of 1,{rules},{policy},true,"
                picks = rng.choices(said, weights, k=len(CONTROLS))
                file.write("".join(f"{start}{f},{c},{control}{end}{pick}" for (f, c, control), pick in zip(CONTROLS, picks)))


def size(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, files in os.walk(path) for name in files)


def measured(name, bytes_read, work):
    """Prints a row: wall seconds, processor seconds, and the size of what is read."""
    def spent():
        own, below = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime
    began, before = time.monotonic(), spent()
    work()
    wall, cpu = time.monotonic() - began, spent() - before
    print(f"| {name} | {bytes_read / 1e6:,.0f} | {cpu:.1f} | {wall:.1f} |", flush=True)


# Runs a command and prints its peak of memory. A process starts with the peak of the one that makes it, and this one has little.
PEAK = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"""


def main():
    milepost = os.path.abspath(sys.argv[1])
    units = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    names = quarters(int(sys.argv[3]) if len(sys.argv) > 3 else 8)
    folder = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "bench", "fleet")
    shutil.rmtree(folder, ignore_errors=True)
    tables, merged = os.path.join(folder, "units"), os.path.join(folder, "fleet.parquet")
    make(tables, units, names)
    print(f"{units:,} units x {len(CONTROLS)} controls x {len(names)} quarters, {units * len(CONTROLS) * len(names):,} rows\n")
    print("| | MB read | CPU s | wall s |\n| --- | --- | --- | --- |")
    newest = f"quarter = '{names[-1]}'"
    queries = {
        "the group by Function, newest quarter": f"FROM figures WHERE unit IS NULL AND {newest} AND rank = 'function'",
        "the ten lowest units": f"FROM figures WHERE unit IS NOT NULL AND {newest} AND rank = 'framework' ORDER BY mean, unit LIMIT 10",
        "one control": f"SELECT * FROM controls WHERE unit IS NULL AND {newest} AND control = 'PR.DS-11'",
    }

    def connect(source):
        connection = duckdb.connect()
        connection.execute("SET threads = 2")
        connection.execute(f"CREATE TABLE fleet AS FROM {source}")
        with open(os.path.join(ROOT, "docs", "fleet", "fleet.sql"), encoding="utf-8") as sql:
            connection.execute(sql.read())
        return connection

    files = f"read_csv('{tables}/*/table.csv', types = {{'team': 'VARCHAR', 'parent': 'VARCHAR'}})"
    measured(f"DuckDB: {units:,} CSV files into one Parquet file", size(tables),
             lambda: duckdb.connect().execute(f"COPY (FROM {files} ORDER BY quarter, unit) TO '{merged}' (COMPRESSION zstd)"))
    kept = []
    measured("DuckDB: one quarter of the Parquet file into a table", size(merged),
             lambda: kept.append(connect(f"read_parquet('{merged}') WHERE {newest}")))
    for name, query in queries.items():
        measured(f"DuckDB, from this table: {name}", 0, lambda: kept[0].execute(query).fetchall())
    out = os.path.join(folder, "group")
    command = [milepost, "group", tables, "--out", out, "--reports", "https://example.org/{unit}/"]
    said = []
    measured("`milepost group`, CSV", size(tables),
             lambda: said.append(subprocess.run([sys.executable, "-c", PEAK, *command], check=True, cwd=folder, capture_output=True)))
    peak = int(said[0].stdout) / 1024
    files = [os.path.join(place, name) for place, _, found in os.walk(out) for name in found if name.endswith((".html", ".js"))]
    largest = max(map(os.path.getsize, files)) / 1e3
    print(f"\n`milepost group`: at most {peak:.0f} MiB of memory, {len(files)} pages and scripts, the largest {largest:.0f} KB")
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
