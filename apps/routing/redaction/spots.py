"""Where an answer has texts: in a message, or in one delta of a stream."""

from collections.abc import Iterator
from typing import Any, NamedTuple

_TEXTS = ("content", "refusal", "reasoning", "reasoning_content")
Key = tuple[Any, ...]  # field, and the place among its like


class Spot(NamedTuple):
    """`holder[name]` is the text."""

    key: Key
    holder: dict[str, Any]
    name: str
    is_json: bool = False

    @property
    def text(self) -> str:
        return str(self.holder[self.name])


def spots(said: Any, *, is_json: bool, is_stream: bool) -> Iterator[Spot]:
    """`is_json`: the content is asked for as JSON."""
    if type(said) is not dict:
        return
    for name in _TEXTS:
        if type(said.get(name)) is str:
            yield Spot((name,), said, name, is_json and name == "content")
    for part in _objects(said.get("content")):
        if part.get("type") == "text" and type(part.get("text")) is str:
            yield Spot(("content",), part, "text", is_json)
    for place, tool in enumerate(_objects(said.get("tool_calls"))):
        yield from _arguments(tool.get("function"), ("tool_calls", tool.get("index", place)))
    yield from _arguments(said.get("function_call"), ("function_call",))
    audio = said.get("audio")
    if type(audio) is dict and type(audio.get("transcript")) is str:
        yield Spot(("audio",), audio, "transcript")
    for place, detail in enumerate(_objects(said.get("reasoning_details"))):
        if _is_unsigned(detail, is_stream=is_stream):
            for name in ("text", "summary"):
                if type(detail.get(name)) is str:
                    place = detail.get("index", place)
                    yield Spot(("reasoning_details", place, detail.get("type"), name), detail, name)


def delta_of(key: Key, text: str) -> dict[str, Any]:
    """A delta that says only this, in that place."""
    match key:
        case ("tool_calls", index):
            return {"tool_calls": [{"index": index, "function": {"arguments": text}}]}
        case ("function_call",):
            return {"function_call": {"arguments": text}}
        case ("audio",):
            return {"audio": {"transcript": text}}
        case ("reasoning_details", index, kind, name):
            return {"reasoning_details": [{"type": kind, "index": index, name: text}]}
        case _:
            return {key[0]: text}


def _arguments(function: Any, key: Key) -> Iterator[Spot]:
    if type(function) is dict and type(function.get("arguments")) is str:
        yield Spot(key, function, "arguments", True)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if type(one) is dict] if type(value) is list else []


def _is_unsigned(detail: dict[str, Any], *, is_stream: bool) -> bool:
    """The provider checks signed reasoning by the letter when it comes back. In a stream the
    signature comes last, so there only reasoning of no known signer is taken for unsigned."""
    if detail.get("signature") or detail.get("type") == "reasoning.encrypted":
        return False
    return not is_stream or detail.get("format") in (None, "", "unknown")
