"""Why a call went where it went: one sentence, and the table of candidates behind it. Pure, and
careful: what the receipt does not hold is not said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

NEEDS = {
    "tools": "tools",
    "structured_outputs": "an answer in a given shape",
    "reasoning": "thinking first",
    "image": "eyes for pictures",
    "audio": "ears for sound",
    "video": "eyes for films",
    "file": "a reader of files",
}
ROUTER_ORDERS = {
    "price": "of the models that have it, the cheapest come first",
    "throughput": "of the models that have it, the fastest come first",
    "latency": "of the models that have it, those that begin soonest come first",
}
SORTS = {"throughput": "the fastest", "latency": "the soonest to begin", "price": "the cheapest"}
FIRST = "the first in line"


@dataclass(frozen=True)
class Candidate:
    """`place` is its place in line, empty for one that `closed` tells a rule of. `price` is of a
    million tokens in and out; `came` says what came of asking it."""

    provider: str
    endpoint: str
    place: int | None = None
    closed: str = ""
    price: tuple[Decimal, Decimal] | None = None
    failed_lately: bool = False
    came: str = ""

    @property
    def standing(self) -> str:
        if self.closed or self.place is None:
            return self.closed
        late = ", since it failed lately" if self.failed_lately else ""
        return f"number {self.place} in line{late}"


class Router(NamedTuple):
    """A name that left the choice to the house, what its call needed, and the order."""

    name: str
    needs: Sequence[str]
    order: str

    @property
    def words(self) -> str:
        named = [NEEDS[one] for one in self.needs if one in NEEDS]
        context = next((one for one in self.needs if one.startswith("context:")), "")
        tokens = context.removeprefix("context:")
        named += [f"room for {int(tokens):,} tokens"] if tokens.isdecimal() else []
        order = ROUTER_ORDERS.get(self.order, self.order)
        found = (
            " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]])) or "nothing special"
        )
        return f"{self.name} read from the call that it needs {found}; {order}."


@dataclass(frozen=True)
class Order:
    """What a call said of the order its candidates were asked in."""

    sort: str = ""
    providers: Sequence[str] = field(default_factory=tuple)
    quick: bool = False

    def superlative(self, answered: Candidate, left: Sequence[Candidate]) -> str:
        """What the one that was asked first is among those left, as far as that is known."""
        if self.providers:
            return "which the call asked for first,"
        if self.quick:
            return "the first that may be as quick as the call asked for"
        if self.sort in ("throughput", "latency"):
            return SORTS[self.sort]
        prices = [_both(one) for one in left if not one.failed_lately]
        mine = _both(answered)
        if mine is None or None in prices or any(price < mine for price in prices if price):
            return FIRST
        return SORTS["price"]


def why_provider(
    attempts: Sequence[Mapping[str, Any]],
    candidates: Sequence[Candidate],
    *,
    order: Order,
    router: Router | None = None,
) -> str:
    """`router`: what the house chose by, where the call left the choice to it."""
    if not candidates:
        return ""
    left = [one for one in candidates if not one.closed]
    closed = len(candidates) - len(left)
    failed = [_name(one) for one in attempts if one["error"]]
    answered = next((one for one in attempts if not one["error"]), None)
    rest = f"; {closed} could not be" if closed else ""
    if answered is None:
        told = f"{_count(left)} could be asked{rest}"
        told += f", and {' and '.join(failed)} failed." if failed else "."
    elif failed:
        told = f"{_name(answered)} answered after {' and '.join(failed)} failed, of {_count(left)} "
        told += f"that could be asked{rest}."
    elif len(left) == 1:
        told = f"{_name(answered)} answered, the only endpoint that could be asked{rest}."
    else:
        how = FIRST if router else order.superlative(_of(answered, left), left)
        told = f"{_name(answered)} answered, {how} of {_count(left)} that could be asked{rest}."
    return f"{router.words} {told}" if router else told


def router_of(details: Any) -> Router | None:
    if not isinstance(details, dict) or not isinstance(details.get("needs"), list):
        return None
    needs = [str(one) for one in details["needs"]]
    return Router(str(details.get("name") or ""), needs, str(details.get("order") or ""))


def order_of(details: Any) -> Order:
    if not isinstance(details, dict):
        return Order()
    providers = details.get("providers")
    return Order(
        sort=str(details.get("sort") or ""),
        providers=tuple(providers) if isinstance(providers, list) else (),
        quick=bool(details.get("quick")),
    )


def _of(attempt: Mapping[str, Any], left: Sequence[Candidate]) -> Candidate:
    named = (one for one in left if one.endpoint == attempt["endpoint"])
    return next(named, left[0] if left else Candidate("", ""))


def _both(one: Candidate) -> Decimal | None:
    """As picker.py weighs a typical chat: 600 tokens in, 500 out."""
    return one.price and one.price[0] * 600 + one.price[1] * 500


def _count(left: Sequence[Candidate]) -> str:
    return f"{len(left)} endpoint{'' if len(left) == 1 else 's'}"


def _name(attempt: Mapping[str, Any]) -> str:
    return str(attempt["provider"] or "a provider")
