"""Reads the values of an address one by one. A page is lenient: what means nothing is left out,
with a sentence where a person typed it. The API is strict: the first such value is an error."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

LONGEST_WORD = 200
MOST_VALUES = 100
DEAREST = 1_000_000
YES, NO = frozenset({"1", "true", "on", "yes"}), frozenset({"", "0", "false", "off", "no"})


class FilterError(ValueError):
    """A value that the API refuses: which parameter, and a sentence that says what would do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


class Problem(NamedTuple):
    """What a person typed and the list could not use."""

    field: str
    sentence: str
    typed: str


class Asked:
    """`params` is a QueryDict, or a mapping of names to one value."""

    def __init__(self, params: Mapping[str, Any], *, strict: bool) -> None:
        self._params = params
        self._strict = strict
        self.problems: list[Problem] = []

    def refuse(self, field: str, sentence: str, typed: str = "", *, aloud: bool = False) -> None:
        """`aloud`: a person typed it, so the page says it too."""
        if self._strict:
            raise FilterError(field, sentence)
        if aloud:
            self.problems.append(Problem(field, sentence, typed[:LONGEST_WORD]))

    def one(self, field: str) -> str:
        value = self._params.get(field)
        return str(value or "").replace("\0", "").strip()

    def many(self, field: str) -> list[str]:
        """Separated by commas, repeated, or both."""
        read = getattr(self._params, "getlist", None)
        values = read(field) if read else [self._params.get(field)]
        words = [word.strip() for value in values for word in str(value or "").split(",")]
        return [word.replace("\0", "")[:LONGEST_WORD] for word in words if word][:MOST_VALUES]

    def known(self, field: str, known: Collection[str], what: str) -> frozenset[str]:
        """Those of the values that exist, however their letters are written."""
        found = set()
        for word in self.many(field):
            name = word.casefold()
            if name in known:
                found.add(name)
            else:
                self.refuse(field, f"“{word}” is no {what} known here.")
        return frozenset(found)

    def named(self, field: str, names: Mapping[str, str], what: str) -> frozenset[str]:
        """Slugs, told by slug or by name."""
        by_name = {name.casefold(): slug for slug, name in names.items()}
        found = set()
        for word in self.many(field):
            slug = word if word in names else by_name.get(word.casefold(), word.casefold())
            if slug in names:
                found.add(slug)
            else:
                self.refuse(field, f"“{word}” is no {what} in this catalogue.")
        return frozenset(found)

    def flag(self, field: str) -> bool:
        value = self.one(field).casefold()
        if value not in YES | NO:
            self.refuse(field, f"{field} is true or false.")
        return value in YES

    def choice(self, field: str, names: Mapping[str, str]) -> str:
        """The value behind one of these names, or nothing."""
        value = self.one(field)
        if value and value not in names:
            self.refuse(field, f"{field} is one of: {', '.join(names)}.")
        return names.get(value, "")

    def count(self, field: str, *, most: int, least: int = 0) -> int | None:
        text = self.one(field)
        if not text:
            return None
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
        if not least <= number <= most:
            sentence = f"{field} is a whole number from {least} to {most:,}."
            self.refuse(field, sentence, text, aloud=True)
            return None
        return number

    def price(self, field: str) -> Decimal | None:
        text = self.one(field).lstrip("$").replace(",", ".")[:20]
        if not text:
            return None
        try:
            price = Decimal(text)
        except InvalidOperation:
            price = Decimal(-1)
        if not price.is_finite() or not 0 <= price <= DEAREST:
            typed = self.one(field)
            self.refuse(field, "Enter a price in dollars, such as 1.50.", typed, aloud=True)
            return None
        return price

    def refuse_all(self, fields: Iterable[tuple[str, str]]) -> None:
        """What OpenRouter's clients may ask for and nobody here can answer."""
        for field, sentence in fields:
            if self.one(field):
                self.refuse(field, sentence)
