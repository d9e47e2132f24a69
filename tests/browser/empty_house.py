"""A house that nobody lives in yet: a program of its own on an empty database. Prints its set-up
link."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from apps.accounts.claim import setup_link

    call_command("migrate", verbosity=0)
    call_command("load_catalog", verbosity=0)
    token = (setup_link() or "").rstrip("/").rpartition("/")[2]
    print(json.dumps({"keys": {}, "sessions": {}, "setup": f"/setup/{token}/"}))


if __name__ == "__main__":
    sys.exit(main())
