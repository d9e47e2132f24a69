"""Brings the catalogue up to date from a public list: fetched or from a file, read, matched with
what stands, weighed, and written in one transaction. Read `running.py` first; `keeping.py` runs it
and remembers what came of it."""
