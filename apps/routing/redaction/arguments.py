"""The strings of a function's arguments, which are JSON within a string: a value hides in them
behind one more layer of backslashes."""

import re
from typing import NamedTuple

import orjson

from apps.routing.redaction.tree import read_string
from apps.routing.splice import read_with_halves

# A number long enough to be somebody's is a text here: it may go out as one.
_PIECE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|-?\d[\d.eE+-]{6,}', re.DOTALL)
_QUOTE = b'"'[0]


class Piece(NamedTuple):
    """A key, a value or a long number, and where it stands in the JSON's bytes."""

    start: int
    end: int
    text: str


def pieces(text: str) -> tuple[bytes, list[Piece]] | None:
    """The JSON's bytes and its strings. None where it is no JSON: then it is a text as it stands.
    JSON within these strings is a text again."""
    raw = text.encode("utf-8", "surrogatepass")
    try:
        read_with_halves(raw)
    except orjson.JSONDecodeError:
        return None
    found = []
    for match in _PIECE.finditer(raw):
        piece = match.group()
        said = read_string(piece) if piece[0] == _QUOTE else piece.decode()
        if said:
            found.append(Piece(*match.span(), said))
    return raw, found
