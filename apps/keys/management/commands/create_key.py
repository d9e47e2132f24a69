"""`manage.py create_key`: prints a new API key, alone, once."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.accounts.models import User
from apps.budgets.forms import AmountField
from apps.budgets.models import Budget
from apps.keys.limiting import limit_key
from apps.keys.making import Rules, make_key
from apps.keys.models import ApiKey
from apps.projects.access import workplaces_of
from apps.projects.models import Project


class Command(BaseCommand):
    help = "Makes an API key and prints it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, metavar="N", help="what will use it")
        parser.add_argument("--project", metavar="SLUG", help="else the owner's first project")
        parser.add_argument("--owner", metavar="EMAIL", help="else the owner of the house")
        parser.add_argument("--limit-usd", metavar="N", help="its budget; without, no limit")
        parser.add_argument(
            "--interval",
            choices=Budget.Interval.values,
            help="when the budget begins again, with --limit-usd; else monthly",
        )

    def handle(self, *, name: str, project: str | None, owner: str | None, **options: Any) -> None:
        limit, interval = self._limit(options["limit_usd"], options["interval"])
        person = self._person(owner)
        place = self._project(person, project)
        with transaction.atomic():
            key, secret = make_key(Rules(name), project=place, owner=person, actor=None)
            if limit is not None:
                self._set_limit(key, limit, interval)
        self.stdout.write(secret)

    def _limit(self, typed: str | None, interval: str | None) -> tuple[Decimal | None, str]:
        if typed is None and interval is not None:
            raise CommandError("--interval says when a limit begins again: add --limit-usd.")
        try:
            limit = None if typed is None else AmountField().clean(typed)
        except ValidationError as problem:
            raise CommandError(f"--limit-usd: {problem.message}") from None
        return limit, interval or Budget.Interval.MONTHLY

    def _set_limit(self, key: ApiKey, limit: Decimal, interval: str) -> None:
        try:
            limit_key(key, limit, interval, actor=None)
        except ValidationError as problem:
            raise CommandError(problem.message) from None

    def _person(self, name: str | None) -> User:
        if name is None:
            person = User.objects.filter(role=User.Role.OWNER, is_active=True).first()
            if person is None:
                raise CommandError("This house has no owner yet; run manage.py setup first.")
            return person
        person = User.objects.named(name).filter(is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody here has the e-mail address or user name “{name}”.")
        return person

    def _project(self, person: User, slug: str | None) -> Project:
        places = workplaces_of(person).order_by("id")
        project = (places.filter(slug=slug) if slug else places).first()
        if project is None:
            have = ", ".join(places.values_list("slug", flat=True)) or "none"
            raise CommandError(
                f"{person} may not make calls in “{slug}”; their projects: {have}."
                if slug
                else f"{person} belongs to no project, so a key of theirs could make no call."
            )
        return project
