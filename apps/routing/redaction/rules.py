"""What may not leave the house as it is, and what is done about it. A rule finds spans in a text;
scrub.py acts on them, restore.py takes the act back on the way in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple


class Action(IntEnum):
    """What is done with a hit, the strictest last: where two rules meet, the greater wins."""

    FLAG = 0  # it goes out as it is, and is counted
    RESTORE = 1  # a placeholder goes out; the answer gets the value back
    REDACT = 2  # a label goes out, and stays
    BLOCK = 3  # nothing goes out


class Span(NamedTuple):
    """Characters of the text a rule was asked about, the end not among them."""

    start: int
    end: int


# A text, in which placeholders are blotted out → where the rule hits it. Raises anything when it
# cannot tell; the call is then blocked.
Find = Callable[[str], Iterable[Span]]
# A value as found → the value as it counts: `4111 1111…` and `41111111…` are one card.
Same = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """`name` is what people call it (“E-mail addresses”), `label` what stands in a placeholder
    (`EMAIL`): capitals alone, at most 12. `everywhere`: in all texts, else in a user's alone."""

    name: str
    label: str
    action: Action
    everywhere: bool
    find: Find = field(repr=False, compare=False)
    same: Same = field(repr=False, compare=False, default=str)


@dataclass(frozen=True, slots=True)
class Scrubbing:
    """All rules of one policy. `blocks_media`: what no rule can read may not leave either."""

    rules: tuple[Rule, ...] = ()
    blocks_media: bool = False

    def __bool__(self) -> bool:
        return bool(self.rules) or self.blocks_media
