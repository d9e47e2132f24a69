"""What home shows a person: where a question would go, their last chats, what was spent, and what
somebody who looks after the house should see. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from apps.accounts.models import User
from apps.catalog.measured import Measured
from apps.chat.choices import shown_name
from apps.chat.desks import desk_of
from apps.chat.models import Conversation, Message
from apps.chat.pages import lately_models
from apps.chat.picking import Row
from apps.connections.models import Connection
from apps.connections.results import last_result
from apps.gateway.house import current_catalog, current_measures
from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project
from apps.usage.activity import Card, cards, figures, groups
from apps.usage.grouping import names_of
from apps.usage.reach import Reach
from apps.usage.views import current_periods

SHOWN_CHATS, SHOWN_MODELS, SHOWN_PEOPLE, SHOWN_KEYS = 5, 3, 6, 3
SOON_DAYS = 14


@dataclass(frozen=True)
class Chat:
    pk: int
    title: str
    model: str
    at: datetime


class Note(NamedTuple):
    """Something that needs somebody: what it is, what it means, the way out."""

    title: str
    words: str
    link: str = ""
    verb: str = ""


class Spend(NamedTuple):
    """One period's spend against the one before, and where it is told in full."""

    name: str
    card: Card
    address: str


class Share(NamedTuple):
    """What one person spent today; `share` is of the one who spent most, in percent."""

    name: str
    spend: Decimal
    share: int


class Watched(NamedTuple):
    """One line of what is worth a look; `state` is the look of its dot."""

    name: str
    words: str
    link: str
    state: str | None = None


def question_of(user: User, project: Project | None) -> dict[str, Any]:
    """Where a question would be asked and by which models: what one used last, else suggestions."""
    desk = desk_of(user, None, project.pk if project else None)
    lately, rows = lately_models(user), list(desk.suggestions)
    chosen = desk.first_of(*lately)
    if chosen is not None and chosen not in [row.choice for row in rows[:SHOWN_MODELS]]:
        rows.insert(0, Row(chosen, "As last time" if chosen.slug in lately else ""))
    return {"desk": desk, "chosen": chosen, "kinds": rows[:SHOWN_MODELS]}


def last_chats(user: User) -> list[Chat]:
    answers = Message.objects.filter(conversation=OuterRef("pk"), role=Message.Role.ASSISTANT)
    last = Subquery(answers.order_by("-id").values("model")[:1])
    rows: list[Any] = list(Conversation.objects.of(user).annotate(last_model=last)[:SHOWN_CHATS])
    catalog = current_catalog() if rows else None
    return [Chat(row.pk, row.title, _name(catalog, row.last_model), row.updated_at) for row in rows]


def spend_of(user: User) -> list[Spend]:
    """The household's for who looks after it, else the person's own and that of the projects they
    run."""
    reach, found = Reach.of(user), []
    for name, period in current_periods().items():
        if name in {"today", "week", "month"}:
            now, before = figures(reach, period)
            card = cards(now, before, than=period.than)[0]
            address = f"{reverse('usage:activity')}?period={name}"
            found.append(Spend(period.words, card, address))
    return found


def today_by_person(user: User) -> list[Share]:
    """Nobody is compared with themselves: with one person there is nothing to show."""
    found = groups(Reach.of(user), current_periods()["today"], "person")[:SHOWN_PEOPLE]
    names = names_of("person", [group.value for group in found])
    most = max((group.spend for group in found), default=Decimal(0))
    return [
        Share(names[one.value].words, one.spend, int(100 * one.spend / most) if most else 0)
        for one in found
        if len(found) > 1
    ]


def notes_for(user: User, connections: Sequence[Connection], *, setup_step: str) -> list[Note]:
    """What stands in the way of an answer; whoever cannot change it learns who can. Where the way
    back to setting up is shown and leads to the providers, it says enough."""
    enabled = [one for one in connections if one.is_enabled]
    if not enabled:
        leads_there = setup_step in {"household", "provider"} and user.looks_after_house
        return [] if leads_there else [_without_provider(user)]
    if not user.looks_after_house:
        return []
    return [
        Note(f"{one} does not work.", result.sentence, _page_of(one), "Look at it")
        for one in enabled
        if (result := last_result(one)).state == "down"
    ]


def measured() -> Mapping[int, Measured]:
    return current_measures(current_catalog()).by_connection


def watched(
    connections: Sequence[Connection],
    keys: Sequence[ApiKey],
    measured: Mapping[int, Measured],
) -> list[Watched]:
    """Providers with how they do (by their number), what is frozen, and keys that end soon."""
    rows = [
        Watched(str(one), *_standing(one, measured.get(one.pk, Measured()))) for one in connections
    ]
    rows += _frozen(keys)
    ending = [key for key in keys if key.days_left is not None and key.days_left < SOON_DAYS]
    for key in sorted(ending, key=lambda key: key.days_left or 0)[:SHOWN_KEYS]:
        days = key.days_left or 0
        words = "ends today" if days == 0 else f"ends in {days} day{'' if days == 1 else 's'}"
        rows.append(Watched(f"Key “{key.name}”", words, reverse("keys:detail", args=[key.pk])))
    return rows


def _standing(one: Connection, measured: Measured) -> tuple[str, str, str]:
    """Words, page and state: by its last test, and by what calls met since."""
    state = last_result(one).state if one.is_enabled else "down"
    words = {"": "well", "slow": "last test unclear", "down": "does not work"}[state]
    if not one.is_enabled:
        words = "switched off"
    elif state == "" and measured.is_in_trouble:
        words, state = "calls fail", "down"
    return words, _page_of(one), state


def _frozen(keys: Sequence[ApiKey]) -> list[Watched]:
    """So that nothing stays frozen because it was forgotten."""
    rows = [
        Watched(f"Key “{key.name}”", "frozen", reverse("keys:detail", args=[key.pk]), "down")
        for key in keys
        if key.frozen_at
    ]
    for one in Project.objects.active().exclude(frozen_at=None):
        link = reverse("usage:project", args=[one.slug])
        rows.append(Watched(f"Project “{one}”", "frozen", link, "down"))
    members = Membership.objects.filter(is_active=True, project__archived_at=None)
    for member in members.exclude(frozen_at=None).select_related("user", "project"):
        link = reverse("usage:project-members", args=[member.project.slug])
        rows.append(Watched(str(member), "frozen", link, "down"))
    return rows


def _without_provider(user: User) -> Note:
    has_demo = Connection.objects.demo().enabled().exists()
    title = "You are on the demo model." if has_demo else "No model can answer yet."
    if not user.looks_after_house:
        who = "Someone who looks after the house can connect a provider; then real models answer."
        return Note(title, who)
    words = (
        "It shows how answers come and costs nothing, but it knows nothing. " if has_demo else ""
    )
    words += "Connect a provider, and its models answer here and in your apps."
    return Note(title, words, reverse("connections:choose"), "Connect a provider")


def _page_of(connection: Connection) -> str:
    return reverse("connections:change", args=[connection.pk])


def _name(catalog: Any, slug: str | None) -> str:
    return shown_name(catalog, slug) if slug else ""
