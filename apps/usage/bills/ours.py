"""What our own receipts say of the days of a bill, at one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import TruncDate

from apps.usage.models import Generation, GenerationDetail
from apps.usage.reach import Reach
from apps.usage.sums import Asked, sums

Day = tuple[date, str]
MARGIN = timedelta(minutes=1)  # between a call's id and its birth


@dataclass
class Told:
    """What our receipts say of one day and model."""

    cost: Decimal = Decimal(0)
    requests: int = 0
    tokens: int = 0


@dataclass(frozen=True)
class Facts:
    """Of the calls of a span at these endpoints, from their receipts, as far as they are kept."""

    estimated: int = 0
    estimated_usd: Decimal = Decimal(0)
    over_midnight: int = 0
    over_midnight_usd: Decimal = Decimal(0)
    running: int = 0


def span_of(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the midnight before `first` to the one after `last`."""
    return tuple(  # type: ignore[return-value]
        datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
        for day in (first, last + timedelta(days=1))
    )


def our_days(endpoints: Sequence[int], first: date, last: date, zone: ZoneInfo) -> dict[Day, Told]:
    start, end = span_of(first, last, zone)
    asked = Asked(start, end, zone, by=("model",), each="day", where={"endpoint": endpoints})
    found: dict[Day, Told] = {}
    for one in sums(Reach.everything(), asked):
        assert isinstance(one.at, date)
        found[one.at, str(one.group[0])] = Told(one.spend, one.requests, one.tokens)
    return found


def facts_of(endpoints: Sequence[int], first: date, last: date, zone: ZoneInfo) -> Facts:
    start, end = span_of(first, last, zone)
    calls = Generation.objects.filter(
        id__gte=_id_at(start - MARGIN),
        id__lt=_id_at(end + MARGIN),
        created_at__gte=start,
        created_at__lt=end,
        endpoint_id__in=endpoints,
    )
    closed = Q(state=Generation.State.CLOSED)
    is_over = closed & ~Q(born=F("ended"))
    found: Mapping[str, int | Decimal | None] = calls.annotate(
        born=TruncDate("created_at", tzinfo=zone), ended=TruncDate("closed_at", tzinfo=zone)
    ).aggregate(
        estimated=Count("id", filter=closed & Q(is_estimated=True)),
        estimated_usd=Sum("cost_usd", filter=closed & Q(is_estimated=True)),
        over_midnight=Count("id", filter=is_over),
        over_midnight_usd=Sum("cost_usd", filter=is_over),
        running=Count("id", filter=Q(state=Generation.State.OPEN)),
    )
    return Facts(**{name: value or 0 for name, value in found.items()})  # type: ignore[arg-type]


def our_calls(endpoints: Sequence[int], first: date, last: date, zone: ZoneInfo) -> set[str]:
    """The numbers that the provider gave to our calls of these days and of the ones around them, as
    far as details are kept."""
    start, end = span_of(first - timedelta(days=1), last + timedelta(days=1), zone)
    calls = Generation.objects.filter(
        id__gte=_id_at(start), id__lt=_id_at(end), endpoint_id__in=endpoints
    )
    details = GenerationDetail.objects.filter(generation_id__in=calls.values("id"))
    told = details.values_list(KeyTextTransform("upstream_id", "details"), flat=True)
    return {one for one in told if one}


def _id_at(moment: datetime) -> str:
    """Ids begin with the milliseconds of a call's birth, so a span of them is one piece of the
    index."""
    return f"gen-{int(moment.timestamp() * 1000)}-"
