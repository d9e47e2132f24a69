"""Tells whether a text, as far as it has come, stands in the middle of a link: there no private
value is put back, since whoever made the model write the link would receive it."""

import re

BOUNDARY = "\udfff"  # the end of a JSON string; no text that was read holds a half of a pair
LONGEST_MARK = 32
_MARK = re.compile(
    r"(?P<run>//)|\]\(|\burl\(|\b(?:srcset|src|href|poster|formaction|ping)\s{0,8}=", re.IGNORECASE
)
_RUN_ENDS = re.compile(rf"[\s{BOUNDARY}]")
# Behind `](` or `src=` there may be space first, and then a target in quotes or in brackets.
_TARGET_ENDS = re.compile(rf"(?<=[\s(=\\])(?P<opened>[<\"'])|{BOUNDARY}|(?<=[^\s(={BOUNDARY}])\s")
_CLOSED_BY = {sign: re.compile(f"[{sign}{BOUNDARY}]") for sign in "\"'"} | {
    "<": re.compile(rf"[>\n{BOUNDARY}]")
}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))|\"", re.DOTALL)
_HALF_ESCAPE = re.compile(
    r"(?:[^\\]++|\\[^u]|\\u[0-9a-fA-F]{4})*+(\\(?:u[0-9a-fA-F]{0,3})?)\Z", re.S
)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "b": "\b"}


class Links:
    """Told a text piece by piece; each piece is looked at only when somebody asks."""

    __slots__ = ("_at", "_end", "_is_json", "_kept", "_pieces")

    def __init__(self, is_json: bool = False) -> None:
        self._is_json = is_json
        self._pieces: list[str] = []
        self._kept = ""  # a mark may begin in it, from `_at` on
        self._at = 0
        self._end: re.Pattern[str] | None = None  # what ends the link that `_kept` begins in

    def saw(self, text: str) -> None:
        self._pieces.append(text)

    def is_open(self) -> bool:
        """The next character would be part of a link's target."""
        text = "".join(self._pieces)
        if self._is_json:
            text, half = split_escape(text)
            self._pieces = [half]
            text = _ESCAPE.sub(_meant, text)
        else:
            self._pieces = []
        return self._read(self._kept + text)

    def _read(self, text: str) -> bool:
        """Where it stands at the end; what is far enough from there is not read again."""
        end, at = self._end, self._at
        keep, settled = max(len(text) - LONGEST_MARK, at), at
        may_change = end is not None or _may_mark(text)
        while may_change and (match := (end or _MARK).search(text, at)):
            at = match.end()
            end = _after(end, match)
            if at <= keep:
                settled, self._end = at, end
            else:
                keep = min(keep, max(match.start(), settled))
        # The character before tells whether a mark may begin here.
        self._at = min(keep, 1)
        self._kept = text[keep - self._at :]
        return end is not None


def _may_mark(text: str) -> bool:
    """Most texts hold no sign of a link at all, and this is soon said."""
    return "//" in text or "](" in text or "=" in text or "url(" in text.lower()


def _after(end: re.Pattern[str] | None, match: re.Match[str]) -> re.Pattern[str] | None:
    if end is None:
        return _RUN_ENDS if match["run"] else _TARGET_ENDS
    if end is _TARGET_ENDS and match["opened"]:
        return _CLOSED_BY[match["opened"]]
    return None


def split_escape(text: str) -> tuple[str, str]:
    """JSON text that begins between two characters → what is whole of it, and a begun escape."""
    if "\\" not in text[-5:]:
        return text, ""
    match = _HALF_ESCAPE.match(text)
    return (text[: match.start(1)], match[1]) if match else (text, "")


def _meant(match: re.Match[str]) -> str:
    code, letter = match.groups()
    if code:
        number = int(code, 16)
        return "?" if 0xD800 <= number <= 0xDFFF else chr(number)
    if letter:
        return _LETTERS.get(letter, letter)
    return BOUNDARY
