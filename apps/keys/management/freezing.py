"""What `manage.py freeze` and `manage.py thaw` share: how they name a project, a member, a key."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from apps.accounts.models import User
from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project

WHAT = "Say what: --project SLUG, --key ID, or --member EMAIL --project SLUG."


class Acts(NamedTuple):
    """Each answers whether it changed anything."""

    on_key: Callable[..., bool]
    on_member: Callable[..., bool]
    on_project: Callable[..., bool]


class FreezingCommand(BaseCommand):
    """`did` is what the acts do, as a word for people."""

    did: str
    acts: Acts

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", metavar="SLUG", help="as in the address of its pages")
        parser.add_argument("--member", metavar="EMAIL", help="a person, in that project alone")
        parser.add_argument("--key", metavar="ID", help="its number, or its last four letters")

    def handle(
        self, *, project: str | None, member: str | None, key: str | None, **options: Any
    ) -> None:
        if bool(key) == bool(project) or (member and key):
            raise CommandError(WHAT)
        if key:
            found = _key(key)
            is_new = self.acts.on_key(found, actor=None)
            name = f"Key “{found}” ({found.label}) of {found.owner}"
        elif member:
            person = _member(_project(project or ""), member)
            is_new = self.acts.on_member(person, actor=None)
            name = str(person)
        else:
            place = _project(project or "")
            is_new = self.acts.on_project(place, actor=None)
            name = f"Project “{place}”"
        self.stdout.write(f"{name} is {self.did}." if is_new else f"{name} was {self.did} before.")


def _project(slug: str) -> Project:
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        have = ", ".join(Project.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no project “{slug}”; there are: {have}.")
    return project


def _member(project: Project, name: str) -> Membership:
    person = User.objects.named(name).first()
    if person is None:
        raise CommandError(f"Nobody here has the e-mail address or user name “{name}”.")
    found = project.memberships.filter(user=person, is_active=True).first()
    if found is None:
        raise CommandError(f"{person} does not belong to {project}.")
    return found


def _key(name: str) -> ApiKey:
    """A number that some key has is meant as one; a rolled key goes by its old secret as well."""
    keys = ApiKey.objects.kept().select_related("project", "owner")
    if name.isascii() and name.isdigit() and len(name) < 19:
        by_number = keys.filter(pk=int(name)).first()
        if by_number is not None and str(by_number.pk) == name:
            return by_number
    found = list(keys.filter(Q(last_four=name) | Q(old_last_four=name)))
    if not found:
        raise CommandError(f"No key has the number or the last four letters “{name}”.")
    if len(found) > 1:
        have = ", ".join(f"{key.pk} “{key}” of {key.owner}" for key in found)
        raise CommandError(f"Several keys end in “{name}”. Say the number of one: {have}.")
    return found[0]
