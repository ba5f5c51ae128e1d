#!/usr/bin/env python3
"""Reads a table as Parquet by DuckDB, by pandas and by pyarrow: `parquet.py PARQUET CSV` prints how many rows each of them found, and
stops at the first that finds another value than the CSV has."""
import csv
import json
import sys

import duckdb
import pandas
import pyarrow.parquet

parquet, text = sys.argv[1:]


def plain(value):
    """A value as the CSV writes it."""
    if value is None or value is pandas.NA or value != value:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def by_duckdb():
    found = duckdb.connect().execute("FROM read_parquet(?)", [parquet])
    return [column[0] for column in found.description], found.fetchall()


def by_pandas():
    # Without a type that can lack values, pandas would make floats of whole numbers.
    frame = pandas.read_parquet(parquet, dtype_backend="numpy_nullable").astype(object)
    return list(frame.columns), frame.itertuples(index=False, name=None)


def by_pyarrow():
    table = pyarrow.parquet.read_table(parquet)
    return table.column_names, zip(*(column.to_pylist() for column in table.columns))


with open(text, encoding="utf-8-sig", newline="") as file:
    head, *wanted = csv.reader(file)
seen = {}
for name, read in [("duckdb", by_duckdb), ("pandas", by_pandas), ("pyarrow", by_pyarrow)]:
    columns, rows = read()
    rows = [[plain(value) for value in row] for row in rows]
    if columns != head or rows != wanted:
        other = next((pair for pair in zip(rows, wanted) if pair[0] != pair[1]), (columns, head))
        sys.exit(f"{name}: {other}")
    seen[name] = len(rows)
print(json.dumps(seen))
