"""Finds models by what people type: names, makers, abilities, what they are good for. A word that
is found nowhere is taken for a slip of the finger and put right; a word that is found never is."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

WORD = re.compile(r"[^\W_]+")
PARTS = re.compile(r"\d+|[^\W\d_]+")
MOST_WORDS = 12
SHORTEST_INSIDE = 3  # letters that may be found amid a word; “is” would be in every Mistral
SHORTEST_WRONG, LONG_WRONG = 4, 8  # letters of a word with one slip, and with two
SAME, BEGINS, INSIDE, ABOUT = range(4)
ALSO = {"chatgpt": "gpt"}


class Spoken(NamedTuple):
    """What may be found of one model, in small letters: its title, the words of all its names
    between blanks, the same run together, and what it can and is good for."""

    title: str
    names: str
    joined: str
    about: str

    @classmethod
    def of(cls, title: str, names: Iterable[str], about: Iterable[str]) -> "Spoken":
        told = " ".join((title, *names)).casefold()
        joined = " ".join("".join(WORD.findall(name)) for name in told.split())
        whole = "".join(WORD.findall(told))
        return cls(
            _between_blanks(title),
            _between_blanks(told),
            f"{joined} {whole}",
            _between_blanks(" ".join(about)),
        )

    def level(self, word: str) -> int | None:
        """How well this word is found, the best first; None where it is not."""
        if word not in self.names and word not in self.joined and word not in self.about:
            return None
        if f" {word} " in self.names:
            return SAME
        if f" {word}" in self.names:
            return BEGINS
        is_telling = len(word) >= SHORTEST_INSIDE or not word.isalpha()
        if is_telling and (word in self.names or word in self.joined):
            return INSIDE
        return ABOUT if f" {word}" in self.about else None


def find(text: str, among: Mapping[str, Spoken]) -> dict[str, tuple[int, ...]]:
    """By key, how well it is found: less is better. All words must be."""
    words = WORD.findall(text.casefold())[:MOST_WORDS]
    if not words:
        return {}
    found: dict[str, tuple[int, ...]] | None = None
    for word in words:
        levels = _found(ALSO.get(word, word), among)
        if found is None:
            found = {key: (level,) for key, level in levels.items()}
        else:
            found = {key: (*found[key], levels[key]) for key in found.keys() & levels.keys()}
    whole = " ".join(words)
    return {
        key: (_opening(among[key], whole), sum(levels)) for key, levels in (found or {}).items()
    }


def _found(word: str, among: Mapping[str, Spoken]) -> dict[str, int]:
    levels = _levels([word], among)
    if levels:
        return levels
    parts = PARTS.findall(word)
    if len(parts) > 1:  # “lama3”
        each = [_found(part, among) for part in parts]
        keys = set(each[0]).intersection(*each[1:])
        return {key: max(one[key] for one in each) for key in keys}
    return _levels(_put_right(word, among.values()), among)


def _levels(words: Collection[str], among: Mapping[str, Spoken]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        for key, spoken in among.items():
            level = spoken.level(word)
            if level is not None and level < found.get(key, ABOUT + 1):
                found[key] = level
    return found


def _put_right(word: str, among: Iterable[Spoken]) -> list[str]:
    """The nearest words there are, where a slip or two lie between. Numbers are never put right:
    another version is another model."""
    if len(word) < SHORTEST_WRONG or not word.isalpha():
        return []
    known = {name for one in among for name in f"{one.names} {one.about}".split()}
    candidates = [name for name in known if len(name) >= SHORTEST_WRONG and name.isalpha()]
    most = 2 if len(word) >= LONG_WRONG else 1
    near = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=most, limit=None)
    nearest = min((distance for _, distance, _ in near), default=0)
    return [name for name, distance, _ in near if distance == nearest]


def _opening(spoken: Spoken, whole: str) -> int:
    """The very title, titles that begin with what was typed, names that hold it, all others."""
    if spoken.title == f" {whole} ":
        return 0
    if spoken.title.startswith(f" {whole}"):
        return 1
    return 2 if f" {whole} " in spoken.names else 3


def _between_blanks(text: str) -> str:
    return f" {' '.join(WORD.findall(text.casefold()))} "
