"""Why a bill and our receipts may differ, likelier things first, each only where something speaks
for it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from apps.core.money import usd
from apps.usage.bills.comparing import Comparison, Line
from apps.usage.bills.ours import Facts

FEE_LEAST, FEE_MOST = Decimal("0.005"), Decimal("0.3")
FEE_SPREAD = Decimal("0.01")
SHOWN = 3


class Reason(NamedTuple):
    title: str
    words: str


@dataclass(frozen=True)
class Around:
    """What is known besides the figures. `other_zone`: whose days fit better, or nothing;
    `strange`: calls of the bill whose numbers this house never got, where numbers are known;
    `has_today`: the last day of the bill is not over."""

    facts: Facts
    other_zone: str = ""
    strange: int = 0
    strange_usd: Decimal = Decimal(0)
    has_today: bool = False
    connections: int = 1


def reasons(told: Comparison, around: Around) -> list[Reason]:
    if told.total.agrees and all(line.agrees for line in (*told.days, *told.models)):
        return []
    found = [*_timing(told, around), *_elsewhere(told, around), *_missing(told), *_rates(told)]
    found += _estimated(around.facts)
    if around.facts.running or around.has_today:
        found.append(
            Reason(
                "Not everything is counted yet",
                "The last day is not over, or calls are still running. Providers’ own figures come "
                "some hours late as well.",
            )
        )
    if around.connections > 1:
        found.append(
            Reason(
                "Several accounts",
                f"{around.connections} connections lead to this provider, and our sums do not say "
                "which was used. A bill of one account holds a part of them.",
            )
        )
    return found or [UNKNOWN]


UNKNOWN = Reason(
    "Nothing here explains it",
    "Look at a day on which it is large, and hold the calls of that day against the provider’s "
    "own list. Credits, fees and taxes are the usual rest.",
)


def _timing(told: Comparison, around: Around) -> list[Reason]:
    found, facts = [], around.facts
    if around.other_zone:
        found.append(
            Reason(
                "Days of another zone",
                f"The days fit better where they begin at midnight {around.other_zone}. Choose "
                "that below and compare again.",
            )
        )
    if facts.over_midnight:
        are = "call" if facts.over_midnight == 1 else "calls"
        found.append(
            Reason(
                "Calls over midnight",
                f"{facts.over_midnight:,} {are} of {usd(facts.over_midnight_usd)} began on one day "
                "and ended on the next. We count a call where it began; many providers where it "
                "ended.",
            )
        )
    if not found and told.total.agrees and not all(line.agrees for line in told.days):
        found.append(
            Reason(
                "Timing",
                "The sums agree and single days do not: what is missing on one day stands on "
                "another.",
            )
        )
    return found


def _elsewhere(told: Comparison, around: Around) -> list[Reason]:
    """Numbers that are none of ours; else models we did not call, and more calls than we made."""
    if around.strange:
        bear = (
            "call of the bill, {}, has a number"
            if around.strange == 1
            else ("calls of the bill, {}, have numbers")
        )
        return [
            Reason(
                "Calls made elsewhere with the same key",
                f"{around.strange:,} {bear.format(usd(around.strange_usd))} "
                "that this house never got from the provider. Something else uses that account, "
                "or its key; or the answer broke off before its number came.",
            )
        ]
    found, foreign = [], [line for line in told.foreign if line.bill_usd]
    if foreign:
        names = ", ".join(line.name for line in foreign[:SHOWN])
        more = f" and {len(foreign) - SHOWN} more" if len(foreign) > SHOWN else ""
        total = sum((line.bill_usd for line in foreign), Decimal(0))
        found.append(
            Reason(
                "Calls made elsewhere with the same key",
                f"{usd(total)} of the bill is for {names}{more}, which this house did not call in "
                "these days. Something else uses that account, or its key.",
            )
        )
    extra = [
        line
        for line in told.models
        if line.ours and line.billed and (line.bill_requests or 0) > line.ours.requests
    ]
    if extra:
        calls = sum((line.bill_requests or 0) - line.ours.requests for line in extra if line.ours)
        found.append(
            Reason(
                "More calls than this house made",
                f"The bill counts {calls:,} more calls of {_names(extra)}. They were made "
                "elsewhere with the same key, or the provider counts tries that failed.",
            )
        )
    return found


def _missing(told: Comparison) -> list[Reason]:
    absent = [line for line in told.models if line.billed is None and not line.agrees]
    if not absent:
        return []
    total = sum((line.our_usd for line in absent), Decimal(0))
    return [
        Reason(
            "Not on the bill",
            f"Our receipts have {usd(total)} for {_names(absent)}. The file may leave out a part "
            "of the account, or these calls went through another one.",
        )
    ]


def _rates(told: Comparison) -> list[Reason]:
    """The same calls at another price: of every model alike, or of single ones."""
    both = [line for line in told.models if line.billed and line.our_usd and not line.agrees]
    alike = [line.drift / line.our_usd for line in told.models if line.billed and line.our_usd]
    if _is_one_rate(alike):
        side = "more" if alike[0] > 0 else "less"
        share = 100 * abs(told.total.drift) / told.total.our_usd
        return [
            Reason(
                "A fee, a tax or a discount",
                f"Every model costs about {share:.1f} % {side} on the bill, which looks like one "
                "rate on everything.",
            )
        ]
    same = [line for line in both if line.ours and line.bill_requests == line.ours.requests]
    if not same:
        return []
    return [
        Reason(
            "Another price",
            f"The calls of {_names(same)} are as many on both sides, and cost something else. The "
            "price in the catalogue may be out of date, or the account has a price of its own.",
        )
    ]


def _is_one_rate(alike: Sequence[Decimal]) -> bool:
    """Whether models, more than one, are all dearer or cheaper by about the same share."""
    return (
        len(alike) > 1
        and FEE_LEAST < abs(alike[0]) < FEE_MOST
        and max(alike) - min(alike) <= FEE_SPREAD
    )


def _estimated(facts: Facts) -> list[Reason]:
    if not facts.estimated:
        return []
    are = "call was" if facts.estimated == 1 else "calls were"
    return [
        Reason(
            "Estimated calls",
            f"{facts.estimated:,} {are} charged {usd(facts.estimated_usd)} by our own count, since "
            "the provider’s did not arrive: somebody hung up, or the answer broke off.",
        )
    ]


def _names(lines: Sequence[Line]) -> str:
    names = ", ".join(line.name for line in lines[:SHOWN])
    return f"{names} and {len(lines) - SHOWN} more" if len(lines) > SHOWN else names
