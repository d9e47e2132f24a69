"""`manage.py reconcile`: whether all sums of the house agree with its calls; exit code 1 with a
table of those that do not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.gateway.reconcile import Difference, reconcile

HEAD = ("Of", "From", "What", "The book says", "The calls say")


class Command(BaseCommand):
    help = "Compares every budget, quarter of an hour and day with the sum of its calls."

    def handle(self, **options: Any) -> None:
        found = reconcile(timezone.now())
        if not found:
            self.stdout.write("All sums agree with their calls.")
            return
        rows = [HEAD, *(_cells(one) for one in found)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            self.stdout.write("  ".join(cells).rstrip())
        self.stdout.write("“manage.py rebuild_usage” adds up quarters of an hour and days anew.")
        sys.exit(1)


def _cells(one: Difference) -> tuple[str, ...]:
    return one.name, f"{one.starts_at:%Y-%m-%d %H:%M} UTC", one.what, one.book, one.counted
