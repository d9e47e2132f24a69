"""The finders that come with the house, by name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from apps.routing.redaction.addresses import emails, same_email
from apps.routing.redaction.cards import cards, same_card
from apps.routing.redaction.rules import Action, Find, Same, Span
from apps.routing.redaction.shadow import Shadow, shadow_of

# Where it hits, in the shadow's own characters.
_Look = Callable[[Shadow], Iterable[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Detector:
    """`name` is what people call it, `label` what stands in a placeholder, `hint` what it finds."""

    slug: str
    name: str
    label: str
    hint: str
    find: Find = field(repr=False, compare=False)
    same: Same = field(repr=False, compare=False)
    usual_action: Action


def _finds(look: _Look) -> Find:
    def find(text: str) -> list[Span]:
        shadow = shadow_of(text)
        return [shadow.span(start, end) for start, end in look(shadow)]

    return find


_ALL = (
    Detector(
        "email",
        "E-mail addresses",
        "EMAIL",
        "mia@example.com",
        _finds(emails),
        same_email,
        Action.RESTORE,
    ),
    Detector(
        "card",
        "Payment cards",
        "CARD",
        "Card numbers whose check digit is right, however they are spaced",
        _finds(cards),
        same_card,
        Action.RESTORE,
    ),
)
DETECTORS: Mapping[str, Detector] = {one.slug: one for one in _ALL}
