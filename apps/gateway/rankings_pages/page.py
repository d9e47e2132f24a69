"""What the page of rankings shows: one shape for people of the house and for strangers, who get
what `public.py` leaves."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.catalog.elsewhere import most_used
from apps.catalog.listing import Listing
from apps.core.money import count
from apps.gateway import known_apps
from apps.gateway.rankings_pages.naming import AppNames, Name, Names, plain_app_name
from apps.gateway.rankings_pages.wish import ALL, Wish
from apps.usage.rankings.counting import Bill, Tally, Use, counted, counted_before, sum_of
from apps.usage.rankings.public import Month, Told, blurred, coarse, month_told
from apps.usage.rankings.tables import (
    Ranked,
    grouped,
    in_percent,
    ranked,
    rising,
    says_share,
    tokens_changed,
    without_nobody,
)
from apps.usage.rankings.windows import DAYS, Span, Window, month_for_strangers, windows

TOP, FEWER, SERIES = 10, 8, 5
MOST = 500


class Line(NamedTuple):
    """`kind` is a colour of the charts."""

    name: Name
    row: Ranked
    kind: str


class Table(NamedTuple):
    """`others` in words, empty where there are none; `rest` is their sum, or None where it is not
    told. `hidden`: how many more could stand in lines of their own."""

    lines: list[Line]
    others: str = ""
    rest: Use | None = None
    hidden: int = 0


class Grown(NamedTuple):
    name: Name
    tokens: int
    growth: int


class Rankings(NamedTuple):
    """`is_exact`: counts as they are, and people among them. `nameless`: calls that named no
    app."""

    window: Window
    is_exact: bool
    models: Table
    authors: Table
    apps: Table
    rising_models: list[Grown]
    rising_apps: list[Grown]
    bill: "BillTold | None"
    nameless: int = 0


class There(NamedTuple):
    """What is used most on OpenRouter; each row a name, its tokens and their change."""

    first: date
    last: date
    rows: list[tuple[Name, int, str]]
    citation: str


class BillTold(NamedTuple):
    words: str
    free_share: int


class Counts(NamedTuple):
    """Of models, authors or apps: those of the window, and of the windows before it. With
    `is_partial` what does not stand there may have been used all the same."""

    now: Tally
    before: Sequence[Tally]
    has_others: bool = False
    others: Use | None = None
    is_partial: bool = False

    def grouped(self, group_of: Callable[[str], str]) -> "Counts":
        before = [grouped(one, group_of) for one in self.before]
        return self._replace(now=grouped(self.now, group_of), before=before)


def for_people(wish: Wish, listing: Listing, *, now: datetime, zone: ZoneInfo) -> Rankings:
    window = windows(now, zone)[wish.period]
    found = counted(window.span, zone)
    before = [counted_before(one, zone) for one in window.before]
    models = Counts(without_nobody(found.models), [one.models for one in before])
    apps = Counts(without_nobody(found.apps), [one.apps for one in before])
    nameless = found.apps[""].requests if "" in found.apps else 0
    return _rankings(wish, listing, window, models, apps, found.bill)._replace(nameless=nameless)


def for_strangers(wish: Wish, listing: Listing, *, now: datetime) -> Rankings:
    """`listing` is the public one."""
    window = month_for_strangers(now)
    months = [_month(span, window.zone, listing) for span in (window.span, *window.before)]
    models = _counts([one.models for one in months])
    apps = _counts([one.apps for one in months])
    return _rankings(wish, listing, window, models, apps, _named_bill(months[0].models, listing))


def _month(span: Span, zone: ZoneInfo, listing: Listing) -> Month:
    found = counted_before(span, zone)
    return month_told(
        found.models,
        found.apps,
        known_models=listing.entries,
        known_apps=known_apps.IDENTITIES,
    )


def elsewhere(listing: Listing, period: str) -> There | None:
    found = most_used(DAYS[period], most=FEWER)
    if found is None:
        return None
    names = Names(listing)
    rows = [
        (
            names.elsewhere(one.slug),
            one.tokens,
            "" if one.before is None else tokens_changed(one.tokens, one.before),
        )
        for one in found.rows
    ]
    return There(found.first, found.last, rows, found.citation)


def _counts(months: Sequence[Told]) -> Counts:
    told, *before = months
    named = [one.named for one in before]
    return Counts(told.named, named, told.has_others, told.others, is_partial=True)


def _named_bill(told: Told, listing: Listing) -> Bill:
    """By names alone: how much of one model cost nothing would tell more than its sum does."""
    free = {name: use for name, use in told.named.items() if listing.entries[name].is_free}
    paid = {name: use for name, use in told.named.items() if name not in free}
    return Bill(sum_of(free), sum_of(paid))


def _rankings(
    wish: Wish, listing: Listing, window: Window, models: Counts, apps: Counts, bill: Bill
) -> Rankings:
    names = Names(listing)
    authors = models.grouped(names.author_of)
    most = MOST if wish.show == ALL else TOP
    app_name = plain_app_name if apps.is_partial else AppNames(apps.now)
    return Rankings(
        window=window,
        is_exact=not models.is_partial,
        models=_table(models, wish.order, names.model, most),
        authors=_table(authors, wish.order, names.author, FEWER),
        apps=_table(apps, wish.order, app_name, most),
        rising_models=_rising(models, names.model),
        rising_apps=_rising(apps, app_name),
        bill=_told_bill(bill),
    )


def _table(counts: Counts, order: str, name_of: Callable[[str], Name], most: int) -> Table:
    rest = counts.others or Use()
    rows = ranked(counts.now, counts.before[0], order, rest=rest, is_partial=counts.is_partial)
    lines = [
        Line(name_of(row.name), row, f"c{min(number, SERIES + 1)}")
        for number, row in enumerate(rows[:most], 1)
    ]
    if counts.is_partial:
        hidden = {row.name: row.use for row in rows[most:]}
        is_told = bool(hidden) if counts.others is None else True
        is_told = is_told and (counts.others is not None or not counts.has_others)
        left = blurred(sum_of({**hidden, "": rest})) if is_told else None
        return Table(lines, "Others" if counts.has_others or hidden else "", left, len(hidden))
    if len(rows) <= most:
        return Table(lines)
    number = len(rows) - most
    words = f"{count(number)} other{'' if number == 1 else 's'}"
    return Table(lines, words, sum_of({row.name: row.use for row in rows[most:]}), number)


def _rising(counts: Counts, name_of: Callable[[str], Name]) -> list[Grown]:
    found = rising([counts.now, *counts.before])[:FEWER]
    shown = coarse if counts.is_partial else int
    return [Grown(name_of(one.name), one.tokens, shown(one.growth)) for one in found]


def _told_bill(bill: Bill) -> BillTold | None:
    free, paid = bill.free, bill.paid
    whole = free.tokens + paid.tokens
    if not whole:
        return None
    share = 100 * free.tokens // whole
    if says_share(free.requests + paid.requests):
        words = f"{_shares(free.tokens, whole)} of the tokens cost nothing."
        return BillTold(words[0].upper() + words[1:], share)
    calls = (f"{count(one.requests)} call{'' if one.requests == 1 else 's'}" for one in bill)
    free_calls, paid_calls = calls
    return BillTold(f"{free_calls} cost nothing, {paid_calls} were paid for.", share)


def _shares(part: int, whole: int) -> str:
    return in_percent(part, whole) if part else "None"
