"""`manage.py setup_link`: prints a new one-time set-up link, or nothing once there is an owner."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.claim import setup_link


class Command(BaseCommand):
    help = "Prints a new one-time set-up link; nothing once the house has an owner."

    def handle(self, **options: Any) -> None:
        link = setup_link()
        if link:
            self.stdout.write(link)
