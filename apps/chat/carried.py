"""A private chat: the thread that lives in its page alone. The page posts it with every message, as
one field, and gets it back with the answer; nothing of it is stored. What comes in may be forged:
it is then its own sender's to read, and nothing else. Pure."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Self

import orjson

from apps.routing.redaction.placeholders import is_placeholder

USER, ASSISTANT = "user", "assistant"
ENDED = ("done", "stopped", "failed")
MOST_LINES, MOST_VALUES = 400, 2_000
LONGEST_THREAD = 2_000_000  # letters; a page of this length still moves
LONGEST_PROBLEM, LONGEST_NAME, MOST_OFFERS = 2_000, 250, 10
NAME = re.compile(r"[0-9a-z]{1,40}")
CALL = re.compile(r"gen-[0-9a-f-]{1,36}")
BROKEN = (
    "The chat this page carries came back damaged, so nothing was sent. Copy what you need from "
    "this page, and begin a new private chat."
)
TOO_LONG = (
    "This private chat has {size}, and {most} is the most a page can carry. Copy what you need, "
    "then begin a new one."
)


class Damaged(ValueError):
    """The text is for the person whose page it is."""


@dataclass(frozen=True)
class Line:
    """One message. `pk` is its place in the thread, from 1; `text` of an answer holds placeholders
    where private values stand."""

    pk: int
    role: str
    text: str
    model: str = ""
    state: str = "done"
    problem: str = ""
    generation_id: str = ""
    tokens_applied: int | None = None
    offers: Sequence[str] = ()
    conversation_id: None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    @property
    def parent_id(self) -> int | None:
        return self.pk - 1 or None

    def as_row(self) -> dict[str, Any]:
        row: dict[str, Any] = {"role": self.role, "text": self.text}
        if self.role == ASSISTANT:
            row |= {"model": self.model, "state": self.state, "problem": self.problem}
            row |= {"call": self.generation_id, "applied": self.tokens_applied}
            row |= {"offers": list(self.offers)}
        return row


@dataclass(frozen=True)
class Carried:
    """`name` binds placeholders to this chat; `vault` is what its placeholders stand for."""

    name: str
    project_id: int | None = None
    lines: tuple[Line, ...] = ()
    vault: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def new(cls) -> Self:
        return cls(secrets.token_hex(8))

    @classmethod
    def read(cls, text: str) -> Self:
        """What a page sent. Raises Damaged."""
        try:
            found = orjson.loads(text)
            lines = tuple(_line(at, row) for at, row in enumerate(found["turns"], 1))
            vault = _vault(found["vault"])
            name, project_id = str(found["name"]), found["project"]
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise Damaged(BROKEN) from problem
        is_whole = NAME.fullmatch(name) and isinstance(project_id, int | None)
        if not is_whole or [one.role for one in lines] != _in_turn(len(lines)):
            raise Damaged(BROKEN)
        return cls(name, project_id, lines, vault)

    def written(self) -> str:
        turns = [one.as_row() for one in self.lines]
        facts = {"name": self.name, "project": self.project_id, "turns": turns}
        return orjson.dumps(facts | {"vault": dict(self.vault)}).decode()

    def upto(self, place: int | None) -> Self:
        """Without what stands behind a message; all of it is left out before the first."""
        return replace(self, lines=self.lines[: place or 0])

    def with_line(self, role: str, text: str, **facts: Any) -> Self:
        return replace(self, lines=(*self.lines, Line(len(self.lines) + 1, role, text, **facts)))

    def with_last(self, **facts: Any) -> Self:
        return replace(self, lines=(*self.lines[:-1], replace(self.lines[-1], **facts)))

    def must_fit(self) -> None:
        """Raises Damaged where it has become too long to be carried."""
        letters = sum(len(one.text) for one in self.lines)
        if letters > LONGEST_THREAD:
            size, most = f"{letters:,} letters", f"{LONGEST_THREAD:,}"
        elif len(self.lines) > MOST_LINES:
            size, most = f"{len(self.lines)} messages", str(MOST_LINES)
        else:
            return
        raise Damaged(TOO_LONG.format(size=size, most=most))


def _line(place: int, row: Mapping[str, Any]) -> Line:
    role, text = row["role"], _text(row["text"])
    if role != ASSISTANT:
        return Line(place, str(role), text)
    state, call, applied = row["state"], str(row["call"]), row["applied"]
    return Line(
        place,
        ASSISTANT,
        text,
        model=_text(row["model"])[:LONGEST_NAME],
        state=state if state in ENDED else "stopped",
        problem=_text(row["problem"])[:LONGEST_PROBLEM],
        generation_id=call if CALL.fullmatch(call) else "",
        tokens_applied=applied if isinstance(applied, int) and 0 <= applied < 2**31 else None,
        offers=tuple(_text(one)[:LONGEST_NAME] for one in row["offers"][:MOST_OFFERS]),
    )


def _vault(given: Mapping[str, Any]) -> dict[str, str]:
    """Of what a page claims, what may be a placeholder's value, and no more than a chat has."""
    real = ((token, value) for token, value in given.items() if is_placeholder(token))
    return {token: _text(value) for token, value in islice(real, MOST_VALUES)}


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise TypeError("a text was expected")
    return given.replace("\x00", "")


def _in_turn(count: int) -> list[str]:
    return [ASSISTANT if at % 2 else USER for at in range(count)]
