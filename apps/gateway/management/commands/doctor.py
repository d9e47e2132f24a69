"""`manage.py doctor`: one line for each part of the house, exit code 1 when something is wrong."""

import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.gateway.checkup import checkup


class Command(BaseCommand):
    help = "Looks at every part of the house and says what is wrong and what to do."
    requires_system_checks: list[str] = []  # a house in trouble is looked at too

    def handle(self, **options: Any) -> None:
        for chatty in ("psycopg.pool", "kombu"):  # what they would say stands in the lines
            logging.getLogger(chatty).setLevel(logging.CRITICAL)
        is_well = True
        for finding in checkup():
            self.stdout.write(str(finding))
            self.stdout.flush()
            is_well = is_well and finding.is_ok
        if not is_well:
            sys.exit(1)
