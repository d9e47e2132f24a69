"""Takes OpenRouter's public rankings (`GET /datasets/rankings-daily`): what each model was used
there by day. Nothing of the catalogue changes by it. Licensed CC BY 4.0, so every page that shows
it cites it (`elsewhere.CITATION`); it is handed on to no program."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from apps.catalog.models import ElsewhereDay, ElsewhereState
from apps.catalog.refresh import validate
from apps.catalog.refresh.validate import BadRow, Clock, PayloadError

ADDRESS = "https://openrouter.ai/api/v1/datasets/rankings-daily"
MOST_SECONDS = 30.0
MOST_TOKENS = Decimal(10) ** 18
MOST_UNREAD = Decimal("0.2")
EARLIEST = date(2025, 1, 1)
AS_OF = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
OTHER = "other"
LOCK = 7_042_026  # two writers at once would each delete what the other wrote
NOT_IT = "This is not the list of OpenRouter’s rankings: it has no {what}."
NO_DAYS = "This list goes by weeks or months. Ask for it by days, which is what it does by itself."
OLDER = "This list is as of {as_of}, older than the one that stands ({standing})."
UNREADABLE = "{count:,} of the list’s {rows:,} rows make no sense, so nothing of it was taken."


class Said(NamedTuple):
    as_of: str
    used: Mapping[tuple[date, str], int]

    @property
    def days(self) -> list[date]:
        return sorted({day for day, _ in self.used})


def take(content: bytes) -> ElsewhereState:
    """All of it in place of what stood, or nothing. Raises PayloadError."""
    said = read(validate.parse(content), clock=Clock(MOST_SECONDS))
    with transaction.atomic():
        _alone()
        standing = ElsewhereState.objects.first()
        if standing and _moment(said.as_of) < _moment(standing.as_of):
            raise PayloadError(OLDER.format(as_of=said.as_of, standing=standing.as_of))
        ElsewhereDay.objects.all().delete()
        rows = [ElsewhereDay(day=day, slug=slug, tokens=n) for (day, slug), n in said.used.items()]
        ElsewhereDay.objects.bulk_create(rows, batch_size=2000)
        facts = {
            "as_of": said.as_of,
            "first_day": said.days[0],
            "last_day": said.days[-1],
            "taken_at": timezone.now(),
        }
        return ElsewhereState.objects.update_or_create(id=1, defaults=facts)[0]


def forget() -> None:
    with transaction.atomic():
        _alone()
        ElsewhereDay.objects.all().delete()
        ElsewhereState.objects.all().delete()


def read(payload: Any, *, clock: Clock) -> Said:
    """Raises PayloadError."""
    rows = payload.get("data") if isinstance(payload, dict) else None
    if not isinstance(rows, list) or not rows:
        raise PayloadError(NOT_IT.format(what="rows"))
    validate.fits(len(rows))
    meta = payload.get("meta")
    as_of = meta.get("as_of") if isinstance(meta, dict) else None
    if not isinstance(as_of, str) or not AS_OF.fullmatch(as_of) or not _moment(as_of):
        raise PayloadError(NOT_IT.format(what="word of when it was made"))
    used: dict[tuple[date, str], int] = {}
    for row in rows:
        clock.check()
        try:
            key, tokens = _row(row)
        except BadRow:
            continue
        used.setdefault(key, tokens)
    if len(rows) - len(used) > MOST_UNREAD * len(rows):
        raise PayloadError(UNREADABLE.format(count=len(rows) - len(used), rows=len(rows)))
    said = Said(as_of, used)
    if len(said.days) > 1 and not _goes_by_days(said.days):
        raise PayloadError(NO_DAYS)
    return said


def _row(row: Any) -> tuple[tuple[date, str], int]:
    facts = validate.mapping(row)
    day = validate.day(facts.get("date"))
    if day is None or not EARLIEST <= day <= datetime.now(UTC).date() + timedelta(days=1):
        raise BadRow
    slug = validate.identifier(facts.get("model_permaslug")).lower()
    tokens = validate.number(facts.get("total_tokens"))
    if tokens != tokens.to_integral_value() or not 0 <= tokens <= MOST_TOKENS:
        raise BadRow
    return (day, "" if slug == OTHER else slug), int(tokens)


def _goes_by_days(days: list[date]) -> bool:
    apart = [(later - day).days for day, later in zip(days, days[1:], strict=False)]
    return min(apart) == 1


def _moment(as_of: str) -> datetime:
    try:
        return datetime.fromisoformat(as_of)
    except ValueError:
        raise PayloadError(NOT_IT.format(what="word of when it was made")) from None


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
