"""Starts the whole house. `manage.py` goes straight to the same function without loading Django;
this command is for `help` and for callers that have Django loaded anyway."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.core.house.up import main


class Command(BaseCommand):
    help = "Starts PostgreSQL, the worker and the web processes, and watches them."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(main())
