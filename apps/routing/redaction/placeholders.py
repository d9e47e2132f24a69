"""The words that stand for private values while a text is away: `PII_EMAIL_7K3MP2QXR`. The same
value has the same word wherever the key is the same, so no state is shared between turns or
processes, and a provider's prompt cache stays warm."""

import hashlib
import hmac
import re
from collections.abc import Iterator

# 31 symbols, a prime: a weighted sum over them catches every single character that changes.
SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
TAIL = 9  # eight symbols and the check
LONGEST_LABEL = 8  # so that no more than 24 characters of a text are ever held back
_VALUES = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_NO_LETTER = re.compile(r"[^A-Z]")
_WHOLE = re.compile(rf"PII_([A-Z]{{1,{LONGEST_LABEL}}})_([{SYMBOLS}]{{{TAIL}}})")

# What a model may have made of one: in any case, and escaped for Markdown.
_LABEL = rf"[A-Z0-9]{{1,{LONGEST_LABEL}}}"
_SHAPE = rf"PII%b_{_LABEL}%b_[A-Z0-9]{{{TAIL}}}"
_BEGUN = rf"P(?:I(?:I(?:%b_(?:{_LABEL}(?:%b_[A-Z0-9]{{0,{TAIL - 1}}}|%b)?)?|%b)?)?)?\Z"


def _patterns(backslash: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(_SHAPE.replace("%b", backslash), re.IGNORECASE | re.ASCII),
        re.compile(_BEGUN.replace("%b", backslash), re.IGNORECASE | re.ASCII),
    )


# Whole ones, and the beginning of one at the end of a text.
IN_TEXT, BEGUN_IN_TEXT = _patterns(r"\\?")
IN_JSON, BEGUN_IN_JSON = _patterns(r"\\{0,2}")  # there a backslash is itself escaped


def label_of(label: str) -> str:
    """A rule's label as it stands in a placeholder."""
    return _NO_LETTER.sub("", label.upper())[:LONGEST_LABEL] or "VALUE"


def placeholder(key: bytes, label: str, same: str, counter: int = 0) -> str:
    """The word for a value. `counter` gives another one where that one is taken."""
    message = b"%b\0%d\0%b" % (label.encode(), counter, same.encode("utf-8", "surrogatepass"))
    number = int.from_bytes(hmac.digest(key, message, hashlib.sha256), "big")
    symbols = ""
    for _ in range(TAIL - 1):
        number, value = divmod(number, len(SYMBOLS))
        symbols += SYMBOLS[value]
    shown = label_of(label)
    return f"PII_{shown}_{symbols}{_check(shown, symbols)}"


def is_placeholder(word: str) -> bool:
    """Its check is right: somebody's placeholder, though perhaps nobody's we know."""
    match = _WHOLE.fullmatch(word)
    return match is not None and match[2][-1] == _check(match[1], match[2][:-1])


def plain(word: str) -> str:
    """Without what a model did to its looks."""
    return word.replace("\\", "").upper()


def shapes(text: str) -> Iterator[re.Match[str]]:
    """Every word of a text that looks like one, those that overlap too."""
    if "PII" not in text.upper():
        return
    at = 0
    while match := IN_TEXT.search(text, at):
        yield match
        at = match.start() + 1


def _check(label: str, symbols: str) -> str:
    values = [ord(letter) - ord("A") for letter in label] + [_VALUES[one] for one in symbols]
    return SYMBOLS[sum(weight * value for weight, value in enumerate(values, 1)) % len(SYMBOLS)]
