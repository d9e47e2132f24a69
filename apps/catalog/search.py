"""Finds models by what people type: names, makers, abilities, what they are good for. A word that
is found nowhere is taken for a slip of the finger and put right; a word that is found never is."""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

WORD = re.compile(r"[^\W_]+")
PARTS = re.compile(r"\d+|[^\W\d_]+")
MOST_WORDS, MOST_PARTS = 12, 8  # of a search, and of one of its words
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


class Vocabulary:
    """What is spoken of each model, by key, and all the words of it."""

    def __init__(self, spoken: Mapping[str, Spoken]) -> None:
        self.spoken = spoken

    @cached_property
    def words(self) -> list[str]:
        """Those that may have been meant by another."""
        words = {w for one in self.spoken.values() for w in f"{one.names} {one.about}".split()}
        return [word for word in words if len(word) >= SHORTEST_WRONG and word.isalpha()]


def find(text: str, among: Vocabulary) -> dict[str, tuple[int, ...]]:
    """By key, how well it is found: less is better. All words must be."""
    words = list(dict.fromkeys(WORD.findall(text.casefold())))[:MOST_WORDS]
    if not words:
        return {}
    left: dict[str, int] = dict.fromkeys(among.spoken, 0)
    for word in words:
        levels = _found(ALSO.get(word, word), left, among)
        left = {key: left[key] + level for key, level in levels.items()}
    whole = " ".join(words)
    return {key: (_opening(among.spoken[key], whole), level) for key, level in left.items()}


def _found(word: str, keys: Collection[str], among: Vocabulary) -> dict[str, int]:
    levels = _levels(word, keys, among)
    if levels or not keys:
        return levels
    if len(keys) < len(among.spoken) and _levels(word, among.spoken, among):
        return {}  # there is such a word: it was meant
    parts = PARTS.findall(word)
    if len(parts) > MOST_PARTS:
        return {}  # no name is: each of them would be looked for among all models
    if len(parts) > 1:  # “lama3”
        each = [_found(part, keys, among) for part in parts]
        both = set(each[0]).intersection(*each[1:])
        return {key: max(one[key] for one in each) for key in both}
    right: dict[str, int] = {}
    for meant in _put_right(word, among):
        for key, level in _levels(meant, keys, among).items():
            right[key] = min(level, right.get(key, level))
    return right


def _levels(word: str, keys: Iterable[str], among: Vocabulary) -> dict[str, int]:
    """How well this word is found, the best first."""
    found: dict[str, int] = {}
    begins, same = f" {word}", f" {word} "
    is_telling = len(word) >= SHORTEST_INSIDE or not word.isalpha()
    for key in keys:
        _, names, joined, about = among.spoken[key]
        if begins in names:
            found[key] = SAME if same in names else BEGINS
        elif is_telling and (word in names or word in joined):
            found[key] = INSIDE
        elif begins in about:
            found[key] = ABOUT
    return found


def _put_right(word: str, among: Vocabulary) -> list[str]:
    """The nearest words there are, where a slip or two lie between. Numbers are never put right:
    another version is another model."""
    if len(word) < SHORTEST_WRONG or not word.isalpha():
        return []
    most = 2 if len(word) >= LONG_WRONG else 1
    near = process.extract(word, among.words, scorer=OSA.distance, score_cutoff=most, limit=None)
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
