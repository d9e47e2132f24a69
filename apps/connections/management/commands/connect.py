"""`manage.py connect PROVIDER`: connects a provider account to the house, and tests it."""

import difflib
import logging
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from apps.catalog.models import Provider
from apps.connections import discovery, probe
from apps.connections.models import Connection
from apps.connections.saving import save_connection

MOST_KEY_BYTES = 20_000
TEST_FAILED = 2


class Command(BaseCommand):
    help = "Connects a provider account (or anything that speaks OpenAI: custom) and tests it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("provider", metavar="PROVIDER", help="such as openai, or custom")
        parser.add_argument("--base-url", default="", metavar="URL", help="else the provider's own")
        parser.add_argument("--api-key-file", metavar="F", help="- reads standard input")
        parser.add_argument(
            "--at-home",
            action="store_true",
            help="it runs on this machine or in a private network",
        )
        parser.add_argument("--name", metavar="N", help="else the provider's name")

    def handle(self, *, provider: str, name: str | None, **options: Any) -> None:
        logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # said below, once
        try:
            connection = self._save(_provider(provider), name, options)
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        except OperationalError:
            raise CommandError(
                "The house's database does not answer; start the house with make run."
            ) from None
        result = probe.test(connection)
        offer = discovery.absorb(connection, result)
        self.stdout.write(f"Saved “{connection}”: {connection.base_url}")
        self.stdout.write(result.sentence)
        if not result.is_ok:
            sys.exit(TEST_FAILED)
        if offer.own:
            self.stdout.write(f"{len(offer.own)} of the models are new to this house's catalogue.")
        for slug in offer.slugs:
            self.stdout.write(f"  {slug}")

    def _save(self, provider: Provider, name: str | None, options: dict[str, Any]) -> Connection:
        existing = Connection.objects.filter(provider=provider, name=name or provider.name).first()
        base_url, at_home = options["base_url"], options["at_home"]
        if existing is not None and not base_url:
            at_home = at_home or existing.is_at_home
        elif existing is not None and name is None and not existing.leads_to(base_url):
            raise CommandError(
                f"“{existing}” leads to {existing.base_url} already; to connect another place as "
                f"well, give it a --name, and to move this one, write --name “{existing}”."
            )
        had_key = bool(existing and existing.credential)
        connection = save_connection(
            provider,
            name or provider.name,
            base_url=base_url,
            credential=_read_key(options["api_key_file"]),
            at_home=at_home,
            by=None,
        )
        if had_key and not connection.credential:
            self.stdout.write("The stored key was removed, since it was given to another address.")
        return connection


def _provider(slug: str) -> Provider:
    slug = slug.strip().lower()
    provider = Provider.objects.filter(slug=slug).first()
    if provider is not None:
        return provider
    known = list(Provider.objects.filter(is_listed=True).values_list("slug", flat=True))
    close = difflib.get_close_matches(slug, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "for any other place, use custom."
    raise CommandError(f"The catalogue knows no provider “{slug}”; {hint}")


def _read_key(file: str | None) -> str | None:
    if file is None:
        return None
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(MOST_KEY_BYTES)
        else:
            with Path(file).open("rb") as opened:
                raw = opened.read(MOST_KEY_BYTES)
        key = raw.decode().strip()
    except OSError as problem:
        raise CommandError(f"The key file {file} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        key = ""
    if not key:
        raise CommandError("The key file holds no key; put the key alone into it.")
    return key
