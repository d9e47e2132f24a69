"""A household's own patterns, on RE2: no text makes one slow. What RE2 cannot promise that for is
refused, in a sentence for people that never repeats the pattern."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

import re2

from apps.routing.redaction.rules import Find, Span
from apps.routing.redaction.scan import options
from apps.routing.redaction.shadow import shadow_of

LONGEST_PATTERN, LARGEST_PROGRAM = 1_000, 20_000  # characters, steps of RE2's own
# Finding all hits asks once per hit, and each may read on to the end of the text: a search that
# takes this long is given up, and the call blocked.
MOST_SECONDS = 1.0
_PROBES = ("", "a", "aA zZ_09\n-.,@/ é漢!", "0 1", "\n\n")
_ORDINARY = (
    "Could you write a short birthday poem for my grandmother?",
    "What is the capital of Australia, and how many people live there?",
    "Please summarise the text below in three sentences.",
    "My code raises an error in line 42: list index out of range.",
    "How long do I boil an egg so that it stays soft?",
    "Translate this letter into French and keep it polite.",
    "Explain photosynthesis to a child of ten years.",
    "I need a packing list for a week in the mountains.",
    "Which of these two laptops is better for video editing?",
    "Wie schreibe ich eine höfliche Kündigung für mein Abo?",
    "Peux-tu corriger les fautes dans ce texte ?",
    "Escribe un correo para pedir una cita con el dentista.",
    "for item in items: total += item.price * 1.19",
    "The meeting on 3 May at 14:30 is moved to room 12.",
    "Compare the rules of chess and draughts in a table.",
    "What does the word serendipity mean?",
)
_SENTENCES = (
    ("(?=", "Looking ahead, (?=…) and (?!…), is not possible here. Match the text itself instead."),
    ("(?!", "Looking ahead, (?=…) and (?!…), is not possible here. Match the text itself instead."),
    ("(?<", "Looking behind, (?<=…) and (?<!…), is not possible here. \\b marks a word's edge."),
    ("(?P", "Referring back to a group is not possible here. Write the part out again."),
    ("(?>", "Atomic groups, (?>…), are not possible here. A plain group (…) does."),
    ("invalid perl", "Something after (? is not understood. A plain group is written (…)."),
    ("missing )", "A bracket ( is opened and never closed. A bracket itself is written \\(."),
    (
        "unexpected )",
        "A bracket ) is closed and was never opened. A bracket itself is written \\).",
    ),
    ("missing ]", "A bracket [ is opened and never closed. A bracket itself is written \\[."),
    ("no argument", "One of * + ? { stands where there is nothing to repeat. Itself it is \\*."),
    ("bad repetition", "Two of * + ? { } stand upon each other. One is enough."),
    ("repetition size", "A count in { } is too large or the wrong way round. At most 1000 in all."),
    ("character class", "A class in [ ] has a range the wrong way round or an unknown name."),
    ("trailing \\", "The pattern ends in a lone \\. A backslash itself is written \\\\."),
    ("too large", "This pattern is too large. Fewer or smaller counts in { } make it fit."),
)


class PatternRefused(ValueError):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class SearchGivenUp(Exception):
    """The pattern took too long on this text; nothing is known about it."""


def check(pattern: str) -> Find:
    """The finder of a pattern. Raises PatternRefused."""
    compiled = _compiled(pattern)
    if any(hit.start() == hit.end() for text in _PROBES for hit in compiled.finditer(text)):
        raise PatternRefused(
            "This pattern also matches nothing at all, so it would hit everywhere. "
            "Use + instead of *, or leave out what is optional."
        )

    def find(text: str) -> list[Span]:
        shadow = shadow_of(text)
        return [shadow.span(*span) for span in _spans(compiled, shadow.text)]

    return find


def unmet(
    pattern: str, must_match: Iterable[str], must_not_match: Iterable[str]
) -> tuple[list[int], list[int]]:
    """The places, from 1, of examples in which it finds nothing, and of those in which it finds
    something all the same; one that cannot be told is neither found nor passed. Raises
    PatternRefused."""
    find = check(pattern)
    return (
        [place for place, text in enumerate(must_match, 1) if _finds(find, text) is not True],
        [place for place, text in enumerate(must_not_match, 1) if _finds(find, text) is not False],
    )


def _finds(find: Find, text: str) -> bool | None:
    try:
        return bool(list(find(text)))
    except SearchGivenUp:
        return None


def warning(pattern: str) -> str | None:
    """Does it hit what people ordinarily write? Raises PatternRefused."""
    find = check(pattern)
    hits = sum(bool(list(find(text))) for text in _ORDINARY)
    if hits * 5 <= len(_ORDINARY):
        return None
    return (
        f"This pattern hits {hits} of {len(_ORDINARY)} everyday messages. "
        "It may take out more than you mean."
    )


def _compiled(pattern: str) -> Any:
    if not pattern.strip():
        raise PatternRefused("The pattern is empty.")
    if len(pattern) > LONGEST_PATTERN:
        raise PatternRefused(
            f"The pattern has {len(pattern):,} characters; at most {LONGEST_PATTERN:,} fit."
        )
    chosen = options(latin=False)
    chosen.never_capture = True
    try:
        compiled = re2.compile(pattern, options=chosen)
        if compiled.programsize <= LARGEST_PROGRAM:
            return compiled
        reason = "too large"
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace")
    except UnicodeEncodeError:
        reason = ""
    # None of it is kept as a cause: RE2's words repeat the pattern.
    raise PatternRefused(_sentence(reason))


def _sentence(reason: str) -> str:
    if reason.startswith("invalid escape sequence: \\") and reason[-1:].isdigit():
        return "Referring back with \\1 is not possible here. Write the part out again."
    if reason.startswith("invalid escape sequence"):
        return "A backslash stands before a letter it has no meaning for. Leave the backslash out."
    for piece, sentence in _SENTENCES:
        if piece in reason:
            return sentence
    return "This pattern is not understood. Check its brackets and backslashes."


def _spans(compiled: Any, text: str) -> Iterator[tuple[int, int]]:
    read: str | bytes = text.encode() if text.isascii() else text
    until = time.perf_counter() + MOST_SECONDS
    for hit in compiled.finditer(read):
        start, end = hit.span()
        if start < end:
            yield start, end
        if time.perf_counter() > until:
            raise SearchGivenUp
