"""How much of one text a rule judges. What only looks like something costs time to refuse, and a
text can be made of nothing else: then the rule says so, and the message is stopped, not skipped."""

# In a text, and in each megabyte of a longer one. What is nothing at first sight does not count.
MOST_CANDIDATES = 8_000


class TooMany(Exception):
    """More candidates than a rule judges in a text of this length. It knows nothing of the text."""


class Bound:
    """Counts what a rule judges in one text. Where judging takes long, `most` is less."""

    __slots__ = ("_left",)

    def __init__(self, text: bytes | str, most: int = MOST_CANDIDATES) -> None:
        self._left = most * max(len(text), 1_000_000) // 1_000_000

    def spend(self, many: int = 1) -> None:
        """Raises TooMany."""
        self._left -= many
        if self._left < 0:
            raise TooMany
