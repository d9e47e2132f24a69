#!/usr/bin/env python
"""The house's one command: `manage.py up` starts it; the other words work on a running house."""

import os
import sys


def main() -> None:
    if sys.argv[1:] == ["up"]:
        # The supervisor never loads Django: it stays small, and can say why settings are refused.
        from apps.core.house.up import main as up

        sys.exit(up())

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
