"""The household's own list: names, streets, a school. Whole words only, in any script, however they
are cased, hyphenated, spaced or broken over lines; `Mia` is found in `Mia's`, not in `Miami`.

A text is cut into words and each looked up, so the time does not grow with the list. Scripts
that write no spaces have no words to cut: there each character counts as one."""

import re
import unicodedata
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.rules import Find, Span
from apps.routing.redaction.shadow import Shadow, fold, shadow_of

MOST_WORDS, LONGEST_WORD = 10_000, 100
# Thai to Burmese, Khmer, kana, Chinese characters.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_BLANKED = {sign: " " for sign in range(128) if not chr(sign).isalnum()}
_MOST, _BLOCK = 16_000, 2_000  # words that begin an entry, in a text; characters
_BLANK = re.compile(r"[\s\-,._]+")


class WordRefused(ValueError):
    """`sentence` is for people, and names an entry by its place, never by its letters."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def finder(words: Sequence[str]) -> Find:
    """Raises WordRefused."""
    if len(words) > MOST_WORDS:
        raise WordRefused(f"That is {len(words):,} words; a list holds at most {MOST_WORDS:,}.")
    for place, word in enumerate(words, start=1):
        reason = refusal(word)
        if reason is not None:
            raise WordRefused(f"Word {place} {reason}")
    entries = _Entries(map(fold, words))

    def find(text: str) -> list[Span]:
        shadow = shadow_of(text)
        if entries.first.isdisjoint(_words(shadow)):
            return []
        return [shadow.span(*span) for span in entries.found(shadow.text)]

    return find


def refusal(word: str) -> str | None:
    """Why this cannot stand on a list, to follow “Word 3”; None when it can."""
    seen = fold(word).strip()
    if not seen:
        return "is empty."
    if len(seen) > LONGEST_WORD:
        return f"is longer than {LONGEST_WORD} characters."
    if not _WORD.search(seen):
        return "has no letter and no digit."
    if sum(map(len, _WORD.findall(seen))) == 1:
        return "is a single letter, which stands in almost every text. Give at least two."
    return None


def same(value: str) -> str:
    """One name, however it is cased and spaced."""
    return " ".join(_WORD.findall(fold(value).casefold()))


def _words(shadow: Shadow) -> frozenset[str]:
    """The different words of a text, kept beside its shadow for the next list."""
    kept: frozenset[str] | None = shadow.__dict__.get("words")
    if kept is None:
        kept = shadow.__dict__["words"] = _different_words(shadow.text)
    return kept


def _different_words(text: str) -> frozenset[str]:
    seen = text.casefold()
    # Ten times as fast, and the same for what is ASCII.
    return frozenset(seen.translate(_BLANKED).split() if seen.isascii() else _WORD.findall(seen))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Cut where no word is cut."""
    start = 0
    while start < len(text):
        end = text.find(" ", start + _BLOCK)
        end = len(text) if end < 0 else end
        yield start, end
        start = end


class _Node:
    """So many words of an entry, read one after another. `falls`: the longest end of them that some
    entry begins with. `ends`: the longest entry that ends here, in words, by its last marks."""

    __slots__ = ("ends", "falls", "steps")

    def __init__(self) -> None:
        self.steps: dict[str, _Node] = {}
        self.falls: _Node | None = None
        self.ends: dict[str, int] = {}


class _Entries:
    """All entries as one automaton (Aho and Corasick's) whose letters are whole words."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._root = _Node()
        self.first: set[str] = set()
        for entry in entries:
            self._add(entry)
        self._link()

    def found(self, text: str) -> list[tuple[int, int]]:
        """Where entries stand, joined where they lie upon each other."""
        joined: list[tuple[int, int]] = []
        for start, end in self._hits(text):
            while joined and joined[-1][1] > start:
                start = min(start, joined.pop()[0])
            joined.append((start, end))
        return joined

    def _hits(self, text: str) -> Iterator[tuple[int, int]]:
        bound, at = Bound(text, _MOST), 0
        for start, end in _blocks(text):
            if end > at and not self.first.isdisjoint(_different_words(text[start:end])):
                at = yield from self._hits_from(text, max(start, at), end, bound)

    def _hits_from(
        self, text: str, begin: int, end: int, bound: Bound
    ) -> Generator[tuple[int, int], None, int]:
        """What begins before `end`; answers how far it read."""
        root, node, last = self._root, self._root, begin
        starts: list[int] = []
        for hit in _WORD.finditer(text, begin):
            if node is root and hit.start() >= end:
                return hit.start()
            word, after = hit.group().casefold(), hit.end()
            starts.append(hit.start())
            if node is not root:
                node = _follow(root, node, _between(text, last, hit), word)
            else:
                node = root.steps.get(word, root)
            last = after
            if node is not root:
                bound.spend()
            if node.ends:
                tail = _tail(text, after)
                if tail in node.ends:
                    yield starts[-node.ends[tail]], after + len(tail)
        return len(text)

    def _add(self, entry: str) -> None:
        hits = list(_WORD.finditer(entry))
        node, last = self._root, 0
        for place, hit in enumerate(hits):
            word = hit.group().casefold()
            if place == 0:
                self.first.update(_WORD.findall(word))  # another case may cut a word in two
                step = word
            else:
                step = _between(entry, last, hit) + word
            node, last = node.steps.setdefault(step, _Node()), hit.end()
        node.ends[_tail(entry, last)] = len(hits)

    def _link(self) -> None:
        queue = deque(self._root.steps.values())
        for node in queue:
            node.falls = self._root
        while queue:
            node = queue.popleft()
            assert node.falls is not None
            for step, after in node.steps.items():
                between, _, word = step.rpartition("\n")
                after.falls = _follow(self._root, node.falls, between + "\n", word)
                after.ends = {**after.falls.ends, **after.ends}
                queue.append(after)


def _follow(root: _Node, node: _Node, between: str, word: str) -> _Node:
    at: _Node | None = node
    while at is not None and at is not root:
        if (after := at.steps.get(between + word)) is not None:
            return after
        at = at.falls
    return root.steps.get(word, root)


def _between(text: str, last: int, hit: re.Match[str]) -> str:
    """What leads to the next word: blanks, hyphens, commas and dots are all alike."""
    start = hit.start()
    if last == start:
        return "\n"
    between = _BLANK.sub(" ", text[last:start])
    if between == " ":
        beside_unspaced = _IS_UNSPACED.match(text, last - 1) or _IS_UNSPACED.match(text, start)
        return "\n" if beside_unspaced else " \n"
    return between.strip() + "\n"


def _tail(text: str, end: int) -> str:
    """The marks that belong to the last letter: a vowel of Hindi, an accent nothing melts with."""
    last = end
    while last < len(text) and unicodedata.category(text[last]).startswith("M"):
        last += 1
    return text[end:last]
