"""Makes a fresh house for the benchmark: migrated, the catalogue loaded, with an owner, priced
endpoints on the scripted providers, a key that nothing binds, one on a budget, one whose calls are
scrubbed by every rule, a signed-in browser and a long chat; prints what it takes to use them."""

import json
import os
import sys
from decimal import Decimal
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


ANSWER = """## Of gates

A gatehouse **guards** the way in. Three things make it *good*:

1. a wall on both sides
2. a door that shuts
3. somebody who looks

| Part | Count |
|---|---:|
| Towers | 2 |

```python
for tower in range(2):
    print("watch", tower)
```
"""


def main(port: int, teller_port: int) -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_catalog", verbosity=0)
    from apps.accounts.check import check_secrets
    from apps.accounts.models import User
    from apps.budgets.changing import Terms, make
    from apps.budgets.models import Budget
    from apps.keys.models import ApiKey
    from apps.projects.models import Project
    from bench.shelves import fill

    check_secrets()
    fill()
    owner = User.objects.create_user(email="owner@example.org", role=User.Role.OWNER)
    project = Project.start(name="Bench", owner=owner)
    _connect(port, teller_port)
    _, secret = ApiKey.mint(project=project, owner=owner, name="bench")
    bound, bound_secret = ApiKey.mint(project=project, owner=owner, name="bound")
    terms = Terms("Hot", Budget.Covers.KEYS, Decimal(100_000), "daily", project=project)
    bound.budgets.add(make(terms, actor=owner))
    _, scrubbed_secret = ApiKey.mint(project=_scrubbed(owner), owner=owner, name="scrubbed")
    facts = {
        "key": secret,
        "scrubbed_key": scrubbed_secret,
        "bound_key": bound_secret,
        "session": _signed_in(owner),
        "chat": _long_chat(owner, project),
    }
    print(json.dumps(facts))


def _connect(port: int, teller_port: int) -> None:
    from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
    from apps.connections.models import Connection, ConnectionEndpoint

    author = Author.objects.create(slug="bench", name="Bench")
    for kind, at in (("json", port), ("stream", port), ("teller", teller_port)):
        connection = Connection.objects.create(
            provider=Provider.objects.get(slug="custom"),
            name=f"Bench {kind}",
            base_url=f"http://127.0.0.1:{at}/{kind}",
            is_at_home=True,
        )
        model = LanguageModel.objects.create(
            slug=f"bench/{kind}", author=author, name=kind, source=Source.OWN
        )
        endpoint = Endpoint.objects.create(
            key=f"bench/{kind}@custom",
            model=model,
            provider=connection.provider,
            source=Source.OWN,
            upstream_id="bench-model",
            context_length=128_000,
            largest_context_length=128_000,
            max_completion_tokens=8192,
            pricing={"prompt": "0.15", "completion": "0.60"},
        )
        ConnectionEndpoint.objects.create(connection=connection, endpoint=endpoint)


def _scrubbed(owner: Any) -> Any:
    """A project with every detector on, each putting its values back."""
    from apps.guardrails.models import Guardrail, ScrubRule
    from apps.projects.models import Project
    from apps.routing.redaction.detectors import DETECTORS

    project = Project.start(name="Scrubbed", owner=owner)
    rail = Guardrail.objects.create(covers=Guardrail.Covers.PROJECT, project=project, scrubs=True)
    for slug, detector in DETECTORS.items():
        ScrubRule.objects.create(
            guardrail=rail,
            kind=ScrubRule.Kind.DETECTOR,
            detector=slug,
            name=detector.name,
            action=ScrubRule.Action.RESTORE,
        )
    return project


def _signed_in(owner: Any) -> str:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(owner)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _long_chat(owner: Any, project: Any) -> int:
    from django.db import transaction

    from apps.chat.models import Conversation, Message

    with transaction.atomic():
        chat = Conversation.begin(owner=owner, project=project, first_words="Of gates")
        before = None
        for number in range(50):
            role = Message.Role.ASSISTANT if number % 2 else Message.Role.USER
            message = Message(conversation=chat, role=role, parent=before)
            message.write(ANSWER if number % 2 else "Tell me more of gates.")
            message.save()
            before = message
    return int(chat.pk)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
