"""`manage.py refresh_rankings`: takes OpenRouter's public rankings, to be shown beside the house's
own; from a file for a house without an account there or without a network."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.catalog.refresh import rankings
from apps.catalog.refresh.validate import MOST_BYTES, PayloadError
from apps.gateway import openrouter_rankings


class Command(BaseCommand):
    help = "Takes OpenRouter's public rankings, with the house's account there or from a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, help="the list as a file, fetched elsewhere")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        try:
            state = rankings.take(_read(file)) if file else openrouter_rankings.ask()
        except PayloadError as problem:
            sys.exit(str(problem))
        if options["verbosity"]:
            self.stdout.write(f"Taken: {state.first_day} to {state.last_day}, as of {state.as_of}.")


def _read(file: Path) -> bytes:
    """One byte more than is taken at most: that tells a file that is too large."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as problem:
        sys.exit(f"{file} cannot be read: {problem.strerror}.")
