"""What one call keeps to itself: which value each placeholder stands for. It lives as long as the
call; whoever prints it sees how many there are, and no value."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from apps.routing.redaction import placeholders
from apps.routing.redaction.links import Links

_ANY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_FRONT = len("PII_")


class Part(NamedTuple):
    """A piece of a restored text; `placeholder` is what stood there, empty where nothing did."""

    text: str
    placeholder: str = ""


class Private(Mapping[str, str]):
    """Placeholder → value. `typed` are words that stood in the text already: they look like
    placeholders, and are nobody's here. `is_json`: the answer's text is asked for as JSON."""

    __slots__ = ("_begun", "_halves", "_values", "is_json", "typed")

    def __init__(
        self,
        values: Mapping[str, str] | None = None,
        typed: frozenset[str] = frozenset(),
        *,
        is_json: bool = False,
    ) -> None:
        self._values = dict(values or {})
        self._begun: frozenset[str] | None = None
        self._halves: frozenset[str] | None = None
        self.typed = typed
        self.is_json = is_json

    def __getitem__(self, placeholder: str) -> str:
        return self._values[placeholder]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Private: {len(self)} values>"

    def meant(self, word: str) -> str | None:
        """The placeholder that a word of the answer surely is: itself in any case, escaped, or with
        one wrong character, where only one of ours is that close. Two of ours differ in at least
        two places, and so does a stranger's: by its check."""
        plain = placeholders.plain(word)
        if plain in self._values:
            return plain
        if plain in self.typed or placeholders.is_placeholder(plain):
            return None
        if not self._shares_a_half(plain):
            return None
        near = {one for one in _neighbours(plain) if one in self._values}
        return near.pop() if len(near) == 1 else None

    def may_begin(self, word: str) -> bool:
        """Whether a word that is cut off could become one that is meant."""
        if not self._values:
            return False
        plain = placeholders.plain(word)
        if len(plain) <= _FRONT:
            return True
        if self._begun is None:
            ends = ((one, at) for one in self._values for at in range(_FRONT, len(one)))
            self._begun = frozenset(one[:at] for one, at in ends)
        return plain in self._begun or any(one in self._begun for one in _neighbours(plain))

    def _shares_a_half(self, plain: str) -> bool:
        """Words with one wrong character have one half in common: an answer full of inventions is
        soon read."""
        if self._halves is None:
            self._halves = frozenset(half for one in self._values for half in _halves(one))
        return not self._halves.isdisjoint(_halves(plain))

    def text(self, text: str) -> str:
        """The text with every value put back."""
        return "".join(part.text for part in self.parts(text))

    def parts(self, text: str) -> Iterator[Part]:
        """The same in pieces, for whoever shows which ones were put back."""
        links, at, told = Links(), 0, 0
        for match in placeholders.shapes(text) if self._values else ():
            start = match.start()
            meant = self.meant(match.group()) if start >= at else None
            if meant is None:
                continue
            links.saw(text[told:start])
            told = start
            if links.is_open():
                continue
            if text[at:start]:
                yield Part(text[at:start])
            yield Part(self._values[meant], match.group())
            at = match.end()
        if text[at:]:
            yield Part(text[at:])


def _neighbours(plain: str) -> Iterator[str]:
    """The words that differ from this one in one character behind `PII_`."""
    for at in range(_FRONT, len(plain)):
        if plain[at] != "_":
            head, tail = plain[:at], plain[at + 1 :]
            for other in _ANY:
                yield f"{head}{other}{tail}"


def _halves(plain: str) -> tuple[str, str]:
    """Cut in the middle of the tail: all of one label begin alike."""
    return f"{plain[:-5]}-", f"{len(plain)}-{plain[-5:]}"
