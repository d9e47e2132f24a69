"""Moves the data of an older PostgreSQL to the one this version brings (`make move-data`)."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from apps.core.house.errors import CannotStart
from apps.core.house.folder import sole_use_of
from apps.core.house.move import move_data


class Command(BaseCommand):
    help = "Moves the data folder to the PostgreSQL of this version; the old data is kept."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--old-bin", type=Path, help="folder of the old PostgreSQL's programs")

    def handle(self, *args: Any, old_bin: Path | None, **options: Any) -> None:
        folder = settings.GATEHOUSE_DATA_DIR
        try:
            with sole_use_of(folder):
                said = move_data(folder, settings.HOUSE_SECRETS, old_bin=old_bin)
        except CannotStart as problem:
            sys.exit(str(problem))
        self.stdout.write(said)
