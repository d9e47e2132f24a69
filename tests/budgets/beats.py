"""A beat of its own process: what the worker does every minute, at a moment that is given."""

import os
import sys
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main(moment: str) -> None:
    django.setup()
    from apps.budgets.tasks import run

    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(3):
        run(datetime.fromisoformat(moment))


if __name__ == "__main__":
    main(sys.argv[1])
