"""Fails when a model changed and nobody made the migration. Needs no database."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.conf import settings
from django.core.management import call_command

settings.DATABASES = {"default": {"ENGINE": "django.db.backends.dummy"}}
django.setup()
call_command("makemigrations", check=True, dry_run=True, verbosity=1)
