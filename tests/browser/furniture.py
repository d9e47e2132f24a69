"""What a month in a house leaves behind: calls with their sums, and chats."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Endpoint
from apps.chat.models import Conversation, Message
from apps.keys.models import ApiKey
from apps.projects.models import Project
from apps.usage.models import Generation, GenerationDetail, UsageQuarter
from tests.cast import DETAILS
from tests.chat.chats import add_message

CALLS = 260
DAYS = 30
# Model, provider, dollars per million tokens in and out, share of the calls.
MODELS = (
    ("openai/gpt-5-mini", "openai", "0.25", "2", 5),
    ("anthropic/claude-sonnet-4.5", "anthropic", "3", "15", 3),
    ("google/gemini-2.5-flash", "openrouter", "0.30", "2.50", 4),
    ("mistralai/mistral-large-2512", "openrouter", "0.50", "1.50", 1),
)
APPS = ("Chat", "Open WebUI", "openai-python", "")
MILLION = Decimal(1_000_000)
CHATS = (
    (
        "Packing list for four days of rain",
        "Four days, two children. What do we pack?",
        "## Packing list\n\nFor **four days** and *two children*:\n\n"
        "1. Rain jackets and boots\n2. A change of clothes for each day, and one more\n"
        "3. Games for indoors\n\n| Who | Socks |\n|---|---:|\n| Anna | 5 |\n| Mia | 8 |\n\n"
        "> Dry socks decide how a holiday goes.\n\n"
        "```python\nfor day in range(4):\n    pack(socks=2, day=day)\n```\n",
    ),
    (
        "Why the sourdough stays flat",
        "My sourdough stays flat. Why?",
        "Most often the starter is too young. Feed it twice a day for a week, and bake when it "
        "doubles within `6 hours`.",
    ),
    ("Moving the dentist appointment", "Write to the dentist, please.", "Dear Dr. Lang, …"),
    ("Comparing two boiler quotes", "Which of these two is cheaper over ten years?", "The first."),
)


def have_spent(
    chance: random.Random,
    people: dict[str, User],
    projects: list[Project],
    keys: dict[str, Any],
) -> None:
    """Calls of a month, and the quarter-hours they add up to."""
    callers = [people["owner"], people["member"], people["admin"]]
    made = [_call(chance, number, callers, projects, keys) for number in range(CALLS)]
    Generation.objects.bulk_create(made)
    GenerationDetail.objects.bulk_create(
        GenerationDetail(generation_id=one.pk, details=DETAILS) for one in made
    )
    found = Endpoint.objects.values_list("model__slug", "provider__slug", "pk")
    endpoints = {(model, provider): number for model, provider, number in found}
    sums: dict[tuple[Any, ...], UsageQuarter] = {}
    for one in made:
        key = (_quarter(one.created_at), one.project_id, one.key_id, one.user_id, one.app)
        endpoint = endpoints.get((one.model, one.provider), 0)
        row = sums.setdefault((*key, one.model), _empty(one, endpoint))
        row.requests += 1
        row.cost_usd += one.cost_usd
        row.prompt_tokens += one.prompt_tokens
        row.completion_tokens += one.completion_tokens
    UsageQuarter.objects.bulk_create(sums.values())


def _call(
    chance: random.Random,
    number: int,
    callers: list[User],
    projects: list[Project],
    keys: dict[str, Any],
) -> Generation:
    model, provider, price_in, price_out, _ = chance.choices(
        MODELS, weights=[one[-1] for one in MODELS]
    )[0]
    at = timezone.now() - timedelta(days=DAYS * chance.random() ** 2, seconds=61)
    prompt, completion = chance.randint(80, 9000), chance.randint(20, 1800)
    cost = (prompt * Decimal(price_in) + completion * Decimal(price_out)) / MILLION
    app = chance.choice(APPS)
    took = chance.randint(900, 14_000)
    failed = number % 40 == 7
    return Generation(
        id=f"gen-{int(at.timestamp() * 1000)}-{number:06d}",
        state=Generation.State.CLOSED,
        created_at=at,
        closed_at=at + timedelta(milliseconds=took),
        process_id="furnishing",
        project_id=chance.choice(projects).pk,
        key_id=None if app == "Chat" else chance.choice(list(keys.values()))["id"],
        user_id=chance.choice(callers).pk,
        app=app,
        requested_model=model,
        is_streamed=True,
        model=model,
        provider=provider,
        window_ids=[],
        hold_usd=cost * 3,
        cost_usd=Decimal(0) if failed else cost,
        status=502 if failed else 200,
        error_type="provider_unavailable" if failed else "",
        finish_reason="" if failed else "stop",
        prompt_tokens=prompt,
        completion_tokens=0 if failed else completion,
        latency_ms=took // 6,
        duration_ms=took,
    )


def _quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def _empty(one: Generation, endpoint: int) -> UsageQuarter:
    return UsageQuarter(
        starts_at=_quarter(one.created_at),
        project_id=one.project_id,
        key_id=one.key_id or 0,
        user_id=one.user_id,
        app=one.app,
        model=one.model,
        endpoint_id=endpoint,
        requests=0,
        cost_usd=Decimal(0),
        prompt_tokens=0,
        completion_tokens=0,
        reasoning_tokens=0,
        cached_tokens=0,
    )


def have_had(keys: dict[str, Any]) -> None:
    """The keys are of different age."""
    for days, key in zip((29, 26, 21, 12, 94), keys.values(), strict=True):
        made_at = timezone.now() - timedelta(days=days)
        ApiKey.objects.filter(pk=key["id"]).update(created_at=made_at)


def have_chats(people: dict[str, User]) -> dict[str, int]:
    """The same few chats for each of two people; the number of each one's first."""
    return {who: _chats_of(people[who]) for who in ("owner", "member")}


@transaction.atomic
def _chats_of(person: User) -> int:
    project = Project.objects.get(slug="home")
    paid = Generation.objects.filter(user_id=person.pk, status=200).order_by("-id")
    made = []
    for (title, question, answer), call in zip(CHATS, paid, strict=False):
        chat = Conversation.begin(owner=person, project=project, first_words=title)
        asked = add_message(chat, Message.Role.USER, question)
        add_message(
            chat,
            Message.Role.ASSISTANT,
            answer,
            parent=asked,
            model=call.model,
            generation_id=call.pk,
        )
        made.append(chat.pk)
    return made[0]
