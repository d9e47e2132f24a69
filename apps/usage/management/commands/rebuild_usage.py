"""`manage.py rebuild_usage`: makes all sums of usage anew, while the house may go on."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.core.money import count
from apps.usage.rebuild import rebuild


class Command(BaseCommand):
    help = "Adds up quarter-hours from receipts that are kept, and days from quarter-hours, anew."

    def handle(self, **options: Any) -> None:
        corrected = rebuild(timezone.now())
        if corrected:
            rows = "row was" if corrected == 1 else "rows were"
            self.stdout.write(f"Done: {count(corrected)} {rows} corrected.")
        else:
            self.stdout.write("Done: every sum already was what its calls come to.")
