"""Furnishes the house that the browser tests look at, as a family would have it after a month: a
program of its own on an empty database. Prints who lives there, and how they are signed in."""

import json
import os
import random
import sys
from datetime import datetime, timedelta
from typing import Any

import django

from tests.gateway.founding import FIRST, PASSWORD, address_of

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

HOME_MODEL = "home/gpt-oss-20b"
PROJECTS = ("Family", "Homework", "Mill Lane office")
# Name, address, role in the house, role in the projects after the first.
PEOPLE = (
    ("member", "Ben", "member", "member"),
    ("viewer", "Rosa", "member", "viewer"),
    ("admin", "Clara", "admin", "admin"),
    ("stranger", "Theo", "member", ""),
)
KEYS = ("Open WebUI", "Laptop scripts", "Kitchen tablet", "Garden sensors")
PROVIDERS = ("openai", "anthropic", "openrouter")


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_catalog", verbosity=0)
    print(json.dumps(furnish()))


def furnish() -> dict[str, Any]:
    from apps.accounts.models import Household
    from apps.projects.founding import found_house
    from apps.projects.models import Project
    from tests.browser.allowances import have_budgets
    from tests.browser.furniture import have_chats, have_had, have_spent
    from tests.browser.privacy import keep_private

    owner = found_house(
        token=None,
        email="owner@house.example",
        password=PASSWORD,
        household_name="Mill Lane",
        zone="Europe/Berlin",
    )
    Household.objects.update(rankings_are_public=True)
    owner.name = "Anna"
    owner.save(update_fields=["name"])
    home = Project.objects.get()
    projects = [home, *(Project.start(name=name, owner=owner) for name in PROJECTS)]
    people = {"owner": owner, **_move_in(projects)}
    connections = _connect(owner)
    keys = _cut_keys(people, projects)
    have_spent(random.Random(7), people, projects, keys)
    have_had(keys)
    chats = have_chats(people)
    private = keep_private(people, projects)
    budget = have_budgets(people, home, keys)
    _freeze(projects[-1], people, keys["Kitchen tablet"]["id"])
    return {
        "budget": budget,
        "keys": keys,
        "project": home.pk,
        "member": projects[2].memberships.get(user=people["member"]).pk,
        "frozen_key": keys["Kitchen tablet"]["id"],
        "sessions": {who: _signed_in(person) for who, person in people.items()},
        "connection": connections[0],
        **_corrected(owner),
        "chats": chats,
        **private,
    }


def _corrected(owner: Any) -> dict[str, int]:
    """The model at home, and a model of the catalogue that the house knows better."""
    from apps.catalog.models import Endpoint
    from apps.catalog.overriding import override

    own = Endpoint.objects.get(own_link__is_by_hand=True)
    known = Endpoint.objects.get(key="openai/gpt-5-mini@openai")
    override(known, {"pricing": {"prompt": "0.2", "completion": "1.6"}}, by=owner)
    override(known.model, {"context_length": 300_000}, by=owner)
    return {"own_model": own.pk, "endpoint": known.pk, "catalogue_model": known.model_id}


def _move_in(projects: list[Any]) -> dict[str, Any]:
    from apps.accounts.models import User
    from apps.projects.models import Membership

    people = {}
    for who, name, role, place in PEOPLE:
        person = User.objects.create_user(
            email=f"{who}@house.example", password=PASSWORD, role=role, name=name
        )
        people[who] = person
        if place:
            for project in projects:
                Membership.objects.create(project=project, user=person, role=place)
    return people


def _connect(owner: Any) -> list[int]:
    from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
    from apps.connections.models import ConnectionEndpoint
    from apps.connections.saving import save_connection

    made = []
    for slug in PROVIDERS:
        provider = Provider.objects.get(slug=slug)
        made.append(
            save_connection(
                provider,
                provider.name,
                base_url="",
                credential=f"sk-{slug}-stands-for-a-key-{len(slug)}f2c",
                at_home=False,
                by=owner,
                resolver=lambda host, port: ["93.184.216.34"],
            ).pk
        )
    custom = Provider.objects.get(slug="custom")
    study = save_connection(
        custom, FIRST, base_url=address_of(FIRST), credential="", at_home=True, by=owner
    )
    author = Author.objects.create(slug="home", name="At home")
    model = LanguageModel.objects.create(
        slug=HOME_MODEL, author=author, name="gpt-oss 20B on the study PC", source=Source.OWN
    )
    endpoint = Endpoint.objects.create(
        key=f"{HOME_MODEL}@custom/first",
        model=model,
        provider=custom,
        source=Source.OWN,
        upstream_id="scripted-1",
        pricing={},
        abilities=["stream"],
        input_modalities=["text"],
        output_modalities=["text"],
        context_length=32_000,
        max_completion_tokens=4096,
    )
    ConnectionEndpoint.objects.create(connection=study, endpoint=endpoint, is_by_hand=True)
    _was_tested([*made, study.pk])
    return [*made, study.pk]


def _was_tested(connections: list[int]) -> None:
    """Well, but for the first, whose answer was late."""
    from apps.connections.models import Connection

    models = ["gpt-oss-20b", "whisper-large-v3", "nomic-embed-text"]
    found = Connection.objects.filter(pk__in=connections)
    found.update(tested_at=_today() - timedelta(hours=2), test_code="ok", reported_models=models)
    found.filter(pk=connections[0]).update(test_code="timeout")


def _cut_keys(people: dict[str, Any], projects: list[Any]) -> dict[str, Any]:
    from apps.keys.making import Rules, make_key, switch_off

    keys = {}
    for number, name in enumerate(("main", *KEYS)):
        who = "member" if name == "Kitchen tablet" else "owner"
        key, secret = make_key(
            Rules(
                "Phone" if name == "main" else name,
                expires_at=_today() + timedelta(days=6) if name == "Kitchen tablet" else None,
            ),
            project=projects[number % len(projects)],
            owner=people[who],
            actor=people[who],
        )
        keys[name] = {"id": key.pk, "secret": secret}
        if name == "Garden sensors":
            switch_off(key, actor=people["owner"])
    return keys


def _freeze(project: Any, people: dict[str, Any], key_id: int) -> None:
    from apps.keys.making import freeze
    from apps.keys.models import ApiKey
    from apps.projects import changing

    admin = people["admin"]
    changing.freeze(project, actor=admin)
    changing.freeze_member(project.memberships.get(user=people["member"]), actor=admin)
    freeze(ApiKey.objects.get(pk=key_id), actor=admin)


def _signed_in(person: Any) -> str:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _today() -> datetime:
    from django.utils import timezone

    return timezone.now()


if __name__ == "__main__":
    sys.exit(main())
