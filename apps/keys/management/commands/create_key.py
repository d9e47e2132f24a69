"""`manage.py create_key`: prints a new API key, alone, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from apps.accounts.models import User
from apps.keys.making import Rules, make_key
from apps.projects.access import workplaces_of
from apps.projects.models import Project


class Command(BaseCommand):
    help = "Makes an API key and prints it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, metavar="N", help="what will use it")
        parser.add_argument("--project", metavar="SLUG", help="else the owner's first project")
        parser.add_argument("--owner", metavar="EMAIL", help="else the owner of the house")

    def handle(self, *, name: str, project: str | None, owner: str | None, **options: Any) -> None:
        person = self._person(owner)
        key, secret = make_key(
            Rules(name), project=self._project(person, project), owner=person, actor=None
        )
        self.stdout.write(secret)

    def _person(self, name: str | None) -> User:
        if name is None:
            person = User.objects.filter(role=User.Role.OWNER, is_active=True).first()
            if person is None:
                raise CommandError("This house has no owner yet; run manage.py setup first.")
            return person
        match = Q(email__iexact=name) | Q(username__iexact=name)
        person = User.objects.filter(match, is_active=True).first()
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
