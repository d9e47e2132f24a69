"""Migrations that install a file of SQL functions kept beside its room's code."""

from pathlib import Path

from django.db import migrations


def run_sql_file(beside: str, name: str, undo: str = "") -> migrations.RunSQL:
    """`beside` is the migration's own __file__; the file stands in the room's sql folder."""
    text = (Path(beside).resolve().parents[1] / "sql" / name).read_text()
    return migrations.RunSQL(text, undo or migrations.RunSQL.noop)
