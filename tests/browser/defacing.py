"""Writes payloads wherever the house keeps a text that somebody chose: a program of its own on the
database of a running house. Prints the addresses where each one is shown."""

import json
import os
import sys
from typing import Any

import django

from tests.browser.payloads import all_payloads, few_payloads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main() -> None:
    django.setup()
    from django.db import transaction

    payloads = all_payloads() if "all" in sys.argv else few_payloads()
    with transaction.atomic():
        print(json.dumps(deface(payloads)))


def deface(payloads: list[str]) -> list[str]:
    from apps.accounts.models import Household, User

    owner = User.objects.get(role=User.Role.OWNER)
    Household.objects.update(name=payloads[0][:100])
    shown: list[str] = []
    models = _models(payloads)
    for number, text in enumerate(payloads):
        person = _person(text, number)
        project = _project(text, owner, person)
        key = _key(text, project, person)
        connection = _connection(text, models[number])
        call = _call(text, number, project, person, key)
        shown += [
            f"/projects/{project.slug}/",
            f"/projects/{_rail(text, project, person).slug}/guardrails/",
            f"/keys/{key.pk}/",
            f"/connections/{connection.pk}/",
            f"/calls/{call.pk}/",
            f"/models/home/x{number}/",
            f"/chat/{_chat(text, owner, project, call)}/",
        ]
    return shown


def _person(text: str, number: int) -> Any:
    from apps.accounts.models import Notice, User

    person = User.objects.create(username=f"x{number} {text}"[:64], name=text[:100])
    Notice.objects.create(user=User.objects.get(role="owner"), text=text, link="/")
    return person


def _project(text: str, owner: Any, person: Any) -> Any:
    from apps.projects.models import Membership, Project

    project = Project.start(name=text[:100], owner=owner)
    Membership.objects.create(project=project, user=person)
    return project


def _rail(text: str, project: Any, person: Any) -> Any:
    """Past the writer, which refuses such names."""
    from django.utils import timezone

    from apps.guardrails.models import Guardrail, GuardrailChange, RuleHits, ScrubRule
    from apps.guardrails.rail import Private

    facts = {"denied_models": [text], "allowed_providers": [text]}
    rail = Guardrail.objects.create(project=project, **facts)
    for kind, private in (("words", Private((text,))), ("pattern", Private((), text, (text,)))):
        rule = ScrubRule.objects.create(
            guardrail=rail, kind=kind, name=f"{kind} {text}"[:60], action="flag"
        )
        rule.lock(private)
        rule.save()
    GuardrailChange.objects.create(guardrail=rail, actor=person, lines=[text])
    day = timezone.localdate()
    RuleHits.objects.create(project=project, rule=text[:60], action="flag", day=day, count=1)
    return project


def _key(text: str, project: Any, person: Any) -> Any:
    from apps.accounts.audit import record
    from apps.keys.models import ApiKey

    key, _ = ApiKey.mint(
        project=project,
        owner=person,
        name=text[:100],
        app_name=text[:60],
        allowed_models=[text[:100]],
    )
    record(actor=person, verb="key.created", subject=text[:200], details={"name": text})
    return key


def _models(payloads: list[str]) -> list[Any]:
    """As a stranger's server might name them."""
    from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source

    made = []
    for number, text in enumerate(payloads):
        author = Author.objects.create(slug=f"x{number}", name=text[:100])
        model = LanguageModel.objects.create(
            slug=f"home/x{number}",
            author=author,
            name=text,
            source=Source.OWN,
            abilities=[text],
            knowledge_cutoff=text[:20],
        )
        made.append(
            Endpoint.objects.create(
                key=f"x{number}",
                model=model,
                provider=Provider.objects.get(slug="custom"),
                source=Source.OWN,
                upstream_id=text,
                tag=text[:100],
                quantization=text[:20],
                pricing={},
                abilities=[text],
                input_modalities=["text"],
                output_modalities=["text"],
            )
        )
    return made


def _connection(text: str, endpoint: Any) -> Any:
    from apps.catalog.models import Provider
    from apps.connections.models import Connection, ConnectionEndpoint

    connection = Connection.objects.create(
        provider=Provider.objects.get(slug="custom"),
        name=text[:100],
        base_url="http://127.0.0.1:50001/v1",
        is_at_home=True,
        reported_models=[text, endpoint.model.slug],
        test_code="",
    )
    ConnectionEndpoint.objects.create(connection=connection, endpoint=endpoint)
    return connection


def _call(text: str, number: int, project: Any, person: Any, key: Any) -> Any:
    from decimal import Decimal

    from django.utils import timezone

    from apps.usage.models import Generation, GenerationDetail, UsageQuarter

    now = timezone.now()
    common = {
        "project_id": project.pk,
        "key_id": key.pk,
        "user_id": person.pk,
        "app": text[:100],
        "model": text[:200],
        "cost_usd": Decimal(1),
        "prompt_tokens": 10,
        "completion_tokens": 10,
    }
    call = Generation.objects.create(
        id=f"gen-{int(now.timestamp() * 1000)}-{number:06d}",
        state=Generation.State.CLOSED,
        created_at=now,
        closed_at=now,
        process_id="x",
        requested_model=text[:200],
        window_ids=[],
        hold_usd=Decimal(1),
        provider=text[:60],
        status=502 if number % 2 else 200,
        error_type=text[:40] if number % 2 else "",
        finish_reason=text[:20],
        native_finish_reason=text[:60],
        **common,
    )
    GenerationDetail.objects.create(generation_id=call.pk, details=_details(text))
    UsageQuarter.objects.create(
        starts_at=now.replace(minute=0, second=0, microsecond=0),
        endpoint_id=0,
        requests=1,
        reasoning_tokens=0,
        cached_tokens=0,
        **common,
    )
    return call


def _details(text: str) -> dict[str, Any]:
    tried = {"provider": text, "endpoint": text, "model": text, "error": text}
    return {
        "attempts": [{**tried, "status": 500, "latency_ms": 1, "cost": "0"}],
        "candidates": [
            {"endpoint": text, "provider": text, "rank": None, "dropped_by": text},
            {"endpoint": text, "provider": text, "rank": 1, "dropped_by": None},
        ],
        "prices": {"prompt": "1", "completion": "1"},
    }


def _chat(text: str, owner: Any, project: Any, call: Any) -> int:
    from apps.chat.attachments import attach
    from apps.chat.files import TEXT, File
    from apps.chat.models import Conversation, Message
    from tests.chat.chats import add_message

    chat = Conversation.begin(owner=owner, project=project, first_words=text)
    chat.instruct(text, None)
    chat.save()
    asked = add_message(chat, Message.Role.USER, text)
    attach(asked, [File(name=text[:80], media_type=TEXT, data=text.encode())])
    facts = {"model": text[:200], "generation_id": call.pk}
    answer = add_message(chat, Message.Role.ASSISTANT, text, parent=asked, **facts)
    failed = add_message(chat, Message.Role.USER, text, parent=answer)
    broken = add_message(chat, Message.Role.ASSISTANT, "", parent=failed, state="failed", **facts)
    broken.write("", text)
    broken.save()
    return int(chat.pk)


if __name__ == "__main__":
    sys.exit(main())
