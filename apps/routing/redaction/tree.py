"""A JSON body as the strings in it and what holds them, read from its bytes: a key that stands
twice is seen twice, and what is changed is changed in place."""

import json
import re
from dataclasses import dataclass
from typing import NamedTuple

import orjson

_PIECE = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")(\s*+:)?|[{\[]|[}\]]', re.DOTALL)
_QUOTE, _OPENS = b'"'[0], frozenset(b"{[")


class Leaf(NamedTuple):
    """A JSON string, quotes and all."""

    start: int
    end: int


class Member(NamedTuple):
    """Of an object, or of a list, where it has no name. Numbers and constants are no value."""

    name: str
    key: Leaf | None
    value: "Leaf | Branch | None"


@dataclass(slots=True)
class Branch:
    """An object or a list."""

    members: list[Member]
    start: int
    end: int = 0


def read(body: bytes) -> Branch:
    """The strings of a valid JSON object and what holds them."""
    top = Branch([], 0)
    open_branches, name, key = [top], "", None
    for piece in _PIECE.finditer(body):
        at = piece.start()
        letter = body[at]
        if letter == _QUOTE:
            leaf = Leaf(at, piece.end(1))
            if piece.end(2) > 0:
                if key is not None:
                    open_branches[-1].members.append(Member(name, key, None))
                name, key = read_string(body[at : leaf.end]), leaf
                continue
            open_branches[-1].members.append(Member(name, key, leaf))
        elif letter in _OPENS:
            branch = Branch([], at)
            open_branches[-1].members.append(Member(name, key, branch))
            open_branches.append(branch)
        else:
            if key is not None:
                open_branches[-1].members.append(Member(name, key, None))
            open_branches.pop().end = piece.end()
        name, key = "", None
    root = top.members[0].value
    assert isinstance(root, Branch)
    return root


def strings(body: bytes, branch: Branch, name: str) -> list[str]:
    """What the members of that name say, where they say it in a string."""
    return [
        read_string(body[member.value.start : member.value.end])
        for member in branch.members
        if member.name == name and isinstance(member.value, Leaf)
    ]


def branches(branch: Branch, name: str) -> list[Branch]:
    """The objects of the list under that name."""
    return [
        element.value
        for member in branch.members
        if member.name == name and isinstance(member.value, Branch)
        for element in member.value.members
        if isinstance(element.value, Branch)
    ]


def read_string(raw: bytes) -> str:
    """What a JSON string says; halves of surrogate pairs stay halves."""
    if b"\\" not in raw:
        return raw[1:-1].decode("utf-8", "surrogatepass")
    try:
        return str(orjson.loads(raw))
    except orjson.JSONDecodeError:
        return str(json.loads(raw.decode("utf-8", "surrogatepass"), strict=False))


def write_string(text: str) -> bytes:
    try:
        return orjson.dumps(text)
    except TypeError:  # a half of a surrogate pair
        return json.dumps(text).encode()


def replaced(text: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """The text with each (start, end) of the text as it was replaced; they stand in order."""
    parts: list[bytes] = []
    at = 0
    for start, end, new in edits:
        parts += [text[at:start], new]
        at = end
    return b"".join((*parts, text[at:]))
