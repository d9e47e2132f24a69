"""`manage.py refresh_catalog`: brings the catalogue up to date from a public list, or from a file
of it for a house without a network."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.catalog.models import RefreshState
from apps.catalog.refresh.keeping import refresh
from apps.catalog.refresh.sources import SOURCES
from apps.catalog.refresh.validate import MOST_BYTES

GO_ON = (
    "Look at what would change on the page “Catalogue” of the settings. To take it all the same, "
    "run the command again with --accept."
)


class Command(BaseCommand):
    help = "Brings the catalogue up to date from a public list, or from a file of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", required=True, choices=[*SOURCES], help="whose list")
        parser.add_argument(
            "--file",
            type=Path,
            help="the list as a file, fetched elsewhere; its date is taken as that of its facts",
        )
        parser.add_argument(
            "--accept", action="store_true", help="also where much would go or change its price"
        )

    def handle(
        self, *args: Any, source: str, file: Path | None, accept: bool, **options: Any
    ) -> None:
        content, day = _read(file) if file else (None, None)
        outcome = refresh(source, content=content, day=day, accept=accept)
        if outcome.result == RefreshState.Result.REFUSED:
            sys.exit(f"{outcome.words}\n{GO_ON}")
        if outcome.result == RefreshState.Result.FAILED:
            sys.exit(outcome.words)
        if options["verbosity"]:
            self.stdout.write(f"{source}: {outcome.words}")


def _read(file: Path) -> tuple[bytes, date]:
    """One byte more than is taken at most: that tells a file that is too large."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
            written = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    except OSError as problem:
        sys.exit(f"{file} cannot be read: {problem.strerror}.")
    return content, min(written, datetime.now(UTC).date())
