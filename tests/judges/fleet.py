#!/usr/bin/env python3
"""Adds up tables in DuckDB by docs/fleet/fleet.sql: `fleet.py SQL FILE…` prints its figures and its faults as JSON.

Files that end in .parquet are read as Parquet, all others as CSV."""
import json
import sys

import duckdb

sql, *files = sys.argv[1:]
connection = duckdb.connect()
if files[0].endswith(".parquet"):
    connection.execute("CREATE TABLE fleet AS FROM read_parquet(" + json.dumps(files).replace('"', "'") + ", union_by_name = true)")
else:
    types = "{'team': 'VARCHAR', 'category': 'VARCHAR', 'parent': 'VARCHAR', 'unit': 'VARCHAR', 'control': 'VARCHAR'}"
    connection.execute(
        "CREATE TABLE fleet AS FROM read_csv(" + json.dumps(files).replace('"', "'") + f", union_by_name = true, types = {types})"
    )
connection.execute(open(sql, encoding="utf-8").read())


def rows(view):
    result = connection.execute(f"FROM {view} ORDER BY ALL")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


types = connection.execute("DESCRIBE fleet").fetchall()
print(json.dumps({
    "figures": rows("figures"),
    "faults": rows("faults"),
    "types": [[row[0], row[1]] for row in types],
    "rows": connection.execute("SELECT count(*) FROM fleet").fetchone()[0],
}, default=int))
