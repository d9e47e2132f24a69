"""Sentences about names and ids that mean nothing, or nothing to whoever asks."""

import difflib
from collections.abc import Iterable
from typing import Any

from apps.gateway.usage_api.vocabulary import UNANSWERED
from apps.routing.errors import Refusal, invalid

SHOWN = 60


def unknown(name: Any, what: str, known: Iterable[str]) -> Refusal:
    """`what` it was taken for."""
    if type(name) is not str:
        return invalid(f"A {what} is named by a text. GET /analytics/meta lists them.")
    if name in UNANSWERED:
        return invalid(f"{name} cannot be answered here: {UNANSWERED[name]}.")
    near = difflib.get_close_matches(name[:SHOWN], known, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    return invalid(f"“{shown(name)}” is no {what}.{hint} GET /analytics/meta lists them.")


def not_yours(name: str) -> str:
    """One answer, whether it is somebody else's or nobody's."""
    return f"a key reads its own calls only, and none of them has that {name}."


def shown(name: str) -> str:
    """A client's own word, short enough and safe to print back."""
    return "".join(letter for letter in name[:SHOWN] if letter.isprintable())
