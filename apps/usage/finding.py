"""The newest calls that somebody asks for, however rare they are among millions. Where the sums
know of such calls they say on which days, and by which keys or people, so that only those are
looked through: no index for it has to be written with every call. What sums do not count, calls
that run or were never sent, is looked for beside it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from apps.catalog.models import Endpoint
from apps.usage.models import Generation
from apps.usage.reach import Reach
from apps.usage.sums import COLUMNS, Asked, sums

NEAR = timedelta(hours=6)  # so far back calls are simply read
STEPS = (timedelta(days=4), timedelta(days=40), timedelta(days=11_000))
AT_ONCE = 60  # keys or people of a day that are looked through together
SLACK = timedelta(minutes=1)  # between the moment of an id and that of its row
QUARTER = timedelta(minutes=15)
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
State = Generation.State
ALONE = {"key", "person", "project"}  # what an index of calls begins with
# Every value that stands in a column, one step of the index for each.
KNOWN = """
    WITH RECURSIVE one AS (
        (SELECT {column} AS value FROM usage_usageday WHERE zone = 'UTC' ORDER BY 1 LIMIT 1)
        UNION ALL
        SELECT (SELECT d.{column} FROM usage_usageday d
                 WHERE d.zone = 'UTC' AND d.{column} > one.value ORDER BY 1 LIMIT 1)
          FROM one WHERE one.value IS NOT NULL
    )
    SELECT value FROM one WHERE value IS NOT NULL
    UNION
    SELECT {column} FROM usage_usagequarter WHERE starts_at >= coalesce(
        (SELECT through::timestamp AT TIME ZONE 'UTC' FROM usage_usagedaymark WHERE zone = 'UTC'),
        '-infinity')
"""


class Caller(NamedTuple):
    """No key: the house's own chat, of this person."""

    key: int
    person: int


@dataclass(frozen=True, slots=True)
class Sought:
    """What `calls` are narrowed to, as sums know it. `model` and `provider` are words: what they
    mean in sums is found out here. `amiss`: failed, stopped or never sent, which are few."""

    reach: Reach
    where: Mapping[str, Collection[int | str]] = field(default_factory=dict)
    model: str = ""
    provider: str = ""
    amiss: bool = False
    running: bool = False
    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the list itself, or an index of it, begins with them."""
        if self.model or self.provider:
            return False
        named = set(self.where)
        if self.reach.is_everything:
            return not named or (len(named) == 1 and named <= ALONE)
        return not named and len(self.reach.any_of) == 1


class Way(NamedTuple):
    """From one end of a span towards the other, until there are `most`."""

    start: datetime
    end: datetime
    most: int
    is_back: bool

    def steps(self) -> Iterator[tuple[datetime, datetime]]:
        """Spans that follow each other, each longer than the one before."""
        first, last = _quarter(self.start), _quarter(self.end) + QUARTER
        for step in STEPS:
            if first >= last:
                return
            if self.is_back:
                start = max(first, _midnight(last - step))
                yield start, last
                last = start
            else:
                end = min(last, _midnight(first + step))
                yield first, end
                first = end

    def first(self, calls: QuerySet[Generation]) -> list[Generation]:
        """Of all of these, which are few: put in order here, since the planner would else read the
        whole list for the order."""
        return sorted(calls, key=lambda call: call.id, reverse=self.is_back)[: self.most]


def newest(
    calls: QuerySet[Generation], sought: Sought, *, most: int, now: datetime, before: str = ""
) -> list[Generation]:
    """The first `most` of `calls` below that id, newest first."""
    calls = calls.filter(id__lt=before) if before else calls
    end = min(one for one in (_moment(before), sought.end, now + SLACK) if one)
    start = max(sought.start or BEGINNING, _oldest())
    near = Q(id__gte=first_id(end - NEAR))
    return _found(calls, sought, Way(start, end, most, is_back=True), near)


def nearest_above(
    calls: QuerySet[Generation], sought: Sought, *, most: int, now: datetime, after: str
) -> list[Generation]:
    """The first `most` of `calls` above that id, oldest first."""
    calls = calls.filter(id__gt=after)
    end = min(one for one in (sought.end, now + SLACK) if one)
    start = max(one for one in (_moment(after), sought.start, _oldest()) if one)
    near = Q(id__lt=first_id(start + NEAR))
    return _found(calls, sought, Way(start, end, most, is_back=False), near)


def _found(calls: QuerySet[Generation], sought: Sought, way: Way, near: Q) -> list[Generation]:
    order, most = "-id" if way.is_back else "id", way.most
    if sought.running:
        return way.first(calls.order_by())
    if sought.amiss:
        return _rows(calls.order_by(order).values_list("id", flat=True)[:most], way)
    if sought.is_plain:
        return list(calls.order_by(order)[:most])
    found = set(calls.filter(near).order_by(order).values_list("id", flat=True)[:most])
    if len(found) < most:
        found |= _further(calls, sought, way)
        found |= {call.id for call in way.first(calls.filter(state=State.OPEN).order_by())}
        unsent = calls.filter(state=State.RELEASED).order_by(order)
        found |= set(unsent.values_list("id", flat=True)[:most])
    return _rows(found, way)


def _oldest() -> datetime:
    """When the first call was made whose receipt is kept; sums may know of earlier ones."""
    first = Generation.objects.order_by("id").values_list("created_at", flat=True).first()
    return first or BEGINNING


def first_id(moment: datetime) -> str:
    """Ids begin with the millisecond."""
    return f"gen-{int(moment.timestamp() * 1000)}"


def _further(calls: QuerySet[Generation], sought: Sought, way: Way) -> set[str]:
    """Those of which sums know, day after day until there are enough."""
    found: set[str] = set()
    for within in _places(sought, way):
        # Without an order: the planner would else read the list from its end.
        found |= set(calls.filter(within).order_by().values_list("id", flat=True))
        if len(found) >= way.most:
            break
    return found


def _places(sought: Sought, way: Way) -> Iterator[Q]:
    """Where such calls are: whole days, so many at once as should hold enough."""
    where = _where(sought)
    if where is None:
        return
    for start, end in way.steps():
        within, places, hoped = Q(pk__in=[]), 0, 0
        days = _counted(sought.reach, start, end, where)
        for at, callers, requests in reversed(days) if way.is_back else days:
            within |= _day(at, callers)
            places, hoped = places + len(callers), hoped + requests
            if hoped >= way.most or places >= AT_ONCE:
                yield within
                within, places, hoped = Q(pk__in=[]), 0, 0
        if places:
            yield within


def _counted(
    reach: Reach, start: datetime, end: datetime, where: Mapping[str, Collection[int | str]]
) -> list[tuple[date, list[Caller], int]]:
    """Each day that has some: who called, and how often they did in all."""
    asked = Asked(start, end, ZoneInfo("UTC"), ("key", "person"), "day", where)
    days = []
    for at, group in groupby(sums(reach, asked), key=attrgetter("at")):
        found = list(group)
        callers = [Caller._make(one.group) for one in found]
        days.append((at, callers, sum(one.requests for one in found)))
    return days


def _day(at: date, callers: Collection[Caller]) -> Q:
    begins = datetime(at.year, at.month, at.day, tzinfo=UTC)
    ends = begins + timedelta(days=1)
    within = Q(id__gte=first_id(begins - SLACK), id__lt=first_id(ends + SLACK))
    if len(callers) > AT_ONCE:
        return within
    keys = {one.key for one in callers if one.key}
    people = {one.person for one in callers if not one.key}
    found = Q(key_id__in=keys) if keys else Q(pk__in=[])
    return within & (found | Q(key_id=None, user_id__in=people) if people else found)


def _where(sought: Sought) -> dict[str, Collection[int | str]] | None:
    """None where nothing can be meant."""
    where = dict(sought.where)
    if sought.model:
        wanted = sought.model.lower()
        known = (str(one) for one in _known("model"))
        is_whole = "/" in wanted
        where["model"] = [
            one
            for one in known
            if not one or (one.lower() == wanted if is_whole else wanted in one.lower())
        ]
    if sought.provider:
        listed = dict(Endpoint.objects.values_list("pk", "provider__slug"))
        # One that the catalogue has no more may have been anybody's.
        where["endpoint"] = [
            one
            for one in _known("endpoint")
            if listed.get(int(one), sought.provider) == sought.provider
        ]
    return where if all(where.values()) else None


def _known(name: str) -> list[int | str]:
    """Whatever stands in the sums of this dimension."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN.format(column=COLUMNS[name]))
        return [value for (value,) in cursor.fetchall()]


def _rows(ids: Collection[str] | QuerySet[Generation, str], way: Way) -> list[Generation]:
    wanted = sorted(ids, reverse=way.is_back)[: way.most]
    rows = Generation.objects.in_bulk(wanted)
    return [rows[one] for one in wanted if one in rows]


def _quarter(moment: datetime) -> datetime:
    return moment - (moment - BEGINNING) % QUARTER


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _moment(call_id: str) -> datetime | None:
    """When a call of this id was born; none where that is no time."""
    digits = call_id.removeprefix("gen-").partition("-")[0]
    if not digits.isascii() or not digits.isdigit() or len(digits) > 14:
        return None
    return datetime.fromtimestamp(int(digits) / 1000, UTC)
