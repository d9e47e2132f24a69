"""Random streams of placeholders and what only looks like them, made together with what a client
must hear."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from apps.routing.redaction.placeholders import SYMBOLS, placeholder
from apps.routing.redaction.private import Private
from apps.routing.redaction.restore import StreamRestorer
from tests.redaction.streams import DONE, a_choice, an_event, heard

Key = tuple[object, ...]
SPACES = (" ", "\n", "\t", " – ", ", ", "  ")
ORDINARY = (
    *("p", "P", "pi", "PI", "pii", "PII", "PII_", "pii_email_", "PII_EMAIL", "PII_EMAIL_"),
    *("PII_QQ", "help", "pip", "Pip,", "pipii", "up", "\\", "\\_", "_", '"', "{", "}", "[x]"),
    *("PII\\", "PII\\_", "(PII_CARD)", "é", "😀", "ß", "\u0131", "\u212a", "a/b", "<p>", "//"),
    *("&", "文字", "the quick brown fox", "\\n", "\x00\x1f\u2028"),
)
STYLES = (
    None,
    None,
    {"separators": (",", ":")},
    {},
)


@dataclass
class Story:
    """One call's answer: its events in blocks, and what each of its texts must become."""

    private: Private
    blocks: list[bytes] = field(default_factory=list)
    expected: dict[Key, str] = field(default_factory=dict)
    restored: int = 0


def a_story(chance: Random) -> Story:
    scope = b"%d" % chance.getrandbits(64)
    labels = ("EMAIL", "IP", "PASSPORT", "NAME")
    values = {
        placeholder(scope, chance.choice(labels), value): value
        for value in (a_value(chance) for _ in range(chance.randint(1, 6)))
    }
    story = Story(Private(values, is_json=chance.random() < 0.2))
    lanes: list[list[bytes]] = []
    for index in range(chance.choice((1, 1, 1, 2, 3))):
        fields: list[Key] = [("content",)]
        fields += [key for key in (("reasoning",), ("refusal",)) if chance.random() < 0.2]
        fields += [("tool_calls", tool) for tool in range(chance.choice((0, 0, 1, 2)))]
        of_choice = [pieces_of(chance, story, index, key) for key in fields]
        last = an_event(a_choice({}, index, "stop"), style=chance.choice(STYLES))
        lanes.append([*interleaved(chance, of_choice), last])
    events = [*interleaved(chance, lanes), DONE]
    story.blocks = list(in_blocks(chance, events))
    return story


def a_value(chance: Random) -> str:
    letters = 'abcXYZ019@.-_ "\\/\n\t\u2028éß文😀\x00{}[]<>&'
    return "".join(chance.choices(letters, k=chance.randint(1, 20)))


def pieces_of(chance: Random, story: Story, index: int, key: Key) -> list[bytes]:
    """The events of one text, cut anywhere."""
    is_tool = key[0] == "tool_calls"
    is_json = is_tool or (key == ("content",) and story.private.is_json)
    said, meant = [], []
    for _ in range(chance.randint(0, 5)):
        sent, heard_as = a_word(chance, story, is_json=is_json)
        space = chance.choice(SPACES)
        said += [sent, space]
        meant += [heard_as, space]
    text, expected = "".join(said), "".join(meant)
    if is_json:
        text = json.dumps({"k": text, "n": 2**70}, ensure_ascii=chance.random() < 0.5)
        if chance.random() < 0.2:
            text = escaped(chance, text)
    story.expected[(index, *key)] = expected
    cut = chance.choice((1, 5, 12, 40, 10_000))
    events, at = [], 0
    while at < len(text):
        piece = text[at : at + chance.randint(1, cut)]
        at += len(piece)
        delta: dict[str, object] = {str(key[0]): piece}
        if is_tool:
            delta = {"tool_calls": [{"index": key[1], "function": {"arguments": piece}}]}
        events.append(an_event(a_choice(delta, index), style=chance.choice(STYLES)))
    return events


def escaped(chance: Random, text: str) -> str:
    """Some letters of the placeholders written as JSON may write them."""
    at = text.find("PII_")
    if at < 0:
        return text
    begun = text[at : at + 9].partition("\\")[0]
    word = "".join(
        f"\\u{ord(letter):04X}" if chance.random() < 0.3 and letter.isalnum() else letter
        for letter in begun
    )
    return text[:at] + word + text[at + len(begun) :]


def a_word(chance: Random, story: Story, *, is_json: bool) -> tuple[str, str]:
    """What the model writes, and what the client must read."""
    token, value = chance.choice(list(story.private.items()))
    draw = chance.random()
    if draw < 0.35:
        story.restored += 1
        return looks(chance, token), value
    if draw < 0.42:
        wrong = one_wrong(chance, token)
        meant = story.private.meant(wrong)
        assert meant in (token, None)  # None where two of ours are that close
        story.restored += meant is not None
        return wrong, value if meant else wrong
    if draw < 0.6:
        decoy = chance.choice(DECOYS)(chance, token)
        return decoy, decoy
    if draw < 0.7:
        link = chance.choice(LINKS) % looks(chance, token)
        return link, link
    ordinary = chance.choice(ORDINARY)
    return ordinary, ordinary


def looks(chance: Random, token: str) -> str:
    draw = chance.random()
    if draw < 0.5:
        return token
    if draw < 0.65:
        return token.replace("_", "\\_", chance.randint(1, 2))
    return "".join(one.lower() if chance.random() < 0.5 else one for one in token)


def one_wrong(chance: Random, token: str) -> str:
    at = chance.choice([at for at in range(4, len(token)) if token[at] != "_"])
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if at < len(token) - 9 else SYMBOLS + "ILO01"
    return (
        token[:at] + chance.choice([one for one in letters if one != token[at]]) + token[at + 1 :]
    )


def a_stranger(chance: Random, token: str) -> str:
    return placeholder(b"%d" % chance.getrandbits(64), token.split("_")[1], "value")


def an_invention(chance: Random, token: str) -> str:
    tail = "".join(chance.choices(SYMBOLS, k=9))
    return f"PII_{chance.choice(('EMAIL', 'NAME', 'X', 'ADDRESS'))}_{tail}"


def a_stump(chance: Random, token: str) -> str:
    return token[: chance.randrange(1, len(token))]


def without_end(chance: Random, token: str) -> str:
    return f"{token[:-2]} {token[-2:]}"


def spaced(chance: Random, token: str) -> str:
    return token.replace("_", " ")


DECOYS: tuple[Callable[[Random, str], str], ...] = (
    a_stranger,
    an_invention,
    a_stump,
    without_end,
    spaced,
)
LINKS = (
    "https://evil.example/?q=%s",
    "![x](%s)",
    "[x](/a?%s)",
    '<img src="x %s">',
    "<a href='%s'>",
    "//%s",
)


def interleaved(chance: Random, lanes: list[list[bytes]]) -> Iterator[bytes]:
    waiting = [list(reversed(lane)) for lane in lanes if lane]
    while waiting:
        lane = chance.choice(waiting)
        yield lane.pop()
        waiting = [one for one in waiting if one]


def in_blocks(chance: Random, events: list[bytes]) -> Iterator[bytes]:
    most = chance.choice((1, 3, 30))
    while events:
        count = chance.randint(1, most)
        block, events = events[:count], events[count:]
        if chance.random() < 0.1:
            block.insert(chance.randrange(len(block) + 1), b": GATEHOUSE PROCESSING\n\n")
        yield b"".join(block)


def check(seed: int) -> int:
    """The most characters that were held. Fails where a client would hear anything else."""
    chance = Random(seed)
    story = a_story(chance)
    restorer = StreamRestorer(story.private)
    out, most = [], 0
    for block in story.blocks:
        out.append(restorer.feed(block))
        most = max(most, restorer.held)
    assert restorer.rest() == b"", seed
    texts = heard(b"".join(out))
    for key, expected in story.expected.items():
        text = texts.pop(key, "")
        is_json = key[1] == "tool_calls" or (key[1] == "content" and story.private.is_json)
        if is_json:
            assert json.loads(text) == {"k": expected, "n": 2**70}, seed
        else:
            assert text == expected, seed
    assert texts == {}, seed
    assert restorer.restored == story.restored, seed
    assert most <= 24, seed
    return most
