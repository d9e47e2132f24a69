"""Remembers in which texts a set of rules found nothing: tools, leads and histories come again with
each call. It keeps digests under a key of this process, and none of a text with a hit in it, so
nothing can be read out of it."""

import hashlib
import os

from apps.routing.redaction.rules import Rule

_KEY = os.urandom(32)
_MOST_TEXTS, _MOST_SETS = 20_000, 50


class CleanTexts:
    """Of one set of rules. It holds on to them: as long as it is kept, no others are mistaken for
    them."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._digests: set[bytes] = set()

    def digest(self, text: str, *, is_users: bool) -> bytes:
        """Other rules read a user's texts."""
        raw = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(raw, digest_size=16, key=_KEY, person=b"u" * is_users).digest()

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._digests

    def add(self, digest: bytes) -> None:
        if len(self._digests) >= _MOST_TEXTS:
            self._digests.clear()
        self._digests.add(digest)


_by_rules: dict[int, CleanTexts] = {}


def clean_texts(rules: tuple[Rule, ...]) -> CleanTexts:
    """The same for the very same rules, as long as their policy stands."""
    known = _by_rules.get(id(rules))
    if known is None or known.rules is not rules:
        if len(_by_rules) >= _MOST_SETS:
            _by_rules.clear()
        known = _by_rules[id(rules)] = CleanTexts(rules)
    return known
