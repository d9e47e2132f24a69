"""Loads the catalogue that comes with this version, or a file for a house without a network."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.catalog.seed import SeedError, load


class Command(BaseCommand):
    help = "Loads the catalogue; an admin's changes and the house's own rows stay as they are."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--file", type=Path, help="a catalogue file, instead of the packaged one"
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="compare every row even if this file stands already",
        )

    def handle(self, *args: Any, file: Path | None, again: bool, **options: Any) -> None:
        try:
            result = load(file, again=again)
        except SeedError as problem:
            sys.exit(str(problem))
        if options["verbosity"]:
            self.stdout.write(
                f"Catalogue: {result.created} new, {result.updated} changed, "
                f"{result.unchanged} as before."
            )
