"""Finds every text in a JSON body, without knowing its fields: what is not known to be no text is
one."""

import re
from enum import Enum
from typing import NamedTuple

from apps.routing.redaction.tree import Branch, Leaf, branches, read_string, strings


def _paths(text: str) -> frozenset[tuple[str, ...]]:
    """Names from the top of the body, lists left out."""
    return frozenset(tuple(path.split(".")) for path in text.split())


# Words of the protocol, and of whoever keeps conversations apart.
_SKIPPED = _paths("""
    model models route service_tier modalities verbosity
    reasoning_effort reasoning.effort reasoning.summary thinking.type
    tool_choice tool_choice.type function_call response_format.type audio.voice audio.format
    tools.type messages.role messages.tool_call_id messages.tool_calls.id messages.tool_calls.type
    messages.content.type messages.content.signature messages.content.image_url.detail
    messages.content.input_audio.format messages.content.file.file_id messages.audio.id
    messages.reasoning_details.type messages.reasoning_details.id
    messages.reasoning_details.format messages.reasoning_details.signature
    prediction.type prediction.content.type
""")
_SEALED = frozenset({"reasoning.encrypted", "redacted_thinking"})  # their `data` is no text
# What a JSON schema and a part may say of themselves.
_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null", "text"})
# A function is called by its name: it cannot go out as another.
_FUNCTION_NAMES = _paths("""
    tools.function.name tool_choice.function.name functions.name function_call.name
    messages.tool_calls.function.name messages.function_call.name response_format.json_schema.name
""")
_ARGUMENTS = _paths("messages.tool_calls.function.arguments messages.function_call.arguments")
# Pictures, sounds and files as letters: bare, or as an address that holds them.
_BASE64 = _paths(
    "messages.content.input_audio.data messages.content.file.file_data messages.audio.data"
)
_BASE64_LETTERS = re.compile(r"[A-Za-z0-9+/=_-]*")
_DATA_ADDRESS = re.compile(r"data:[\w/+.;=-]*;base64,[A-Za-z0-9+/=_-]*")
_MACHINERY = frozenset({"tools", "functions", "response_format"})  # nobody's own words
_OTHER_ROLES = frozenset({"system", "developer", "assistant", "tool", "function"})
_TEXT_PARTS = frozenset({"text", "refusal", "thinking", "redacted_thinking"})
_MEDIA_KEYS = frozenset({"image_url", "input_audio", "file", "video_url", "images", "audio"})
_ADDRESSES = frozenset({"url", "image_url", "video_url", "file_data"})
# A name of a field, or the number of a token: a longer one could be somebody's.
_PLAIN_KEY = re.compile(r"[A-Za-z_$][\w$.-]{0,23}|\d{1,6}", re.ASCII)


class Kind(Enum):
    TEXT = "text"
    ARGUMENTS = "arguments"  # of a function, JSON within the string
    NAME = "name"  # may not change


class Text(NamedTuple):
    """A JSON string of the body, where it stands and what it says."""

    start: int
    end: int
    text: str
    kind: Kind
    is_users: bool


class _Place(NamedTuple):
    """Where in the body the walk stands: names from the top, lists left out."""

    path: tuple[str, ...] = ()
    is_users: bool = True
    is_sealed: bool = False
    is_tools: bool = False  # a message whose name is a function's


def texts(body: bytes, root: Branch) -> list[Text]:
    """In the order of the body. Keys are texts where they are no plain names."""
    found: list[Text] = []
    todo: list[tuple[Leaf | Branch, _Place]] = [(root, _Place())]
    while todo:
        node, place = todo.pop()
        if isinstance(node, Leaf):
            said = read_string(body[node.start : node.end])
            kind = _kind(place, said)
            if kind is not None:
                found.append(Text(node.start, node.end, said, kind, place.is_users))
            continue
        place = _inside(body, node, place)
        within: list[tuple[Leaf | Branch, _Place]] = []
        for name, key, value in node.members:
            if key is not None and not _PLAIN_KEY.fullmatch(name):
                within.append((key, place._replace(path=(*place.path, "", ""))))
            if value is not None:
                below = place if key is None else place._replace(path=(*place.path, name))
                within.append((value, below))
        todo += reversed(within)
    return found


def _inside(body: bytes, branch: Branch, place: _Place) -> _Place:
    """What an object says of the texts in it."""
    if place.path and place.path[0] in _MACHINERY:
        place = place._replace(is_users=False)
    names = {member.name for member in branch.members}
    if "role" in names and (roles := set(strings(body, branch, "role"))):
        is_tools = bool(roles & {"tool", "function"})
        place = place._replace(is_users=bool(roles - _OTHER_ROLES), is_tools=is_tools)
    if "type" in names:
        is_sealed = bool(_SEALED.intersection(strings(body, branch, "type")))
        place = place._replace(is_sealed=is_sealed)
    return place


def _kind(place: _Place, said: str) -> Kind | None:
    """None where it is no text."""
    path = place.path
    if not said or path in _SKIPPED or path[:1] == ("provider",):
        return None
    name = path[-1]
    if name == "type" and said in _TYPES or path[-2:-1] == ("cache_control",):
        return None
    if path in _FUNCTION_NAMES or (place.is_tools and path == ("messages", "name")):
        return Kind.NAME
    if path in _ARGUMENTS:
        return Kind.ARGUMENTS
    if name == "data" and place.is_sealed:
        return None
    if path in _BASE64 and _BASE64_LETTERS.fullmatch(said):
        return None
    if name in _ADDRESSES and path[0] == "messages" and _DATA_ADDRESS.fullmatch(said):
        return None
    return Kind.TEXT


def has_media(body: bytes, root: Branch) -> bool:
    """A picture, a sound or a file among the messages."""
    for message in branches(root, "messages"):
        for name, _, value in message.members:
            if name in _MEDIA_KEYS and value is not None:
                return True
        for part in branches(message, "content"):
            if not _TEXT_PARTS.issuperset(strings(body, part, "type")):
                return True
            if any(name in _MEDIA_KEYS and value is not None for name, _, value in part.members):
                return True
    return False
