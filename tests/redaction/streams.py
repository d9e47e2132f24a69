"""Streams in our own wire's shape, and what a client makes of them."""

import json
from collections import defaultdict
from typing import Any

import orjson

from apps.routing.redaction.restore import StreamRestorer

DONE = b"data: [DONE]\n\n"


def an_event(*choices: dict[str, Any], style: dict[str, Any] | None = None, **more: Any) -> bytes:
    chunk = {
        "id": "gen-1790000000000-0123456789abcdef",
        "object": "chat.completion.chunk",
        "created": 1_790_000_000,
        "model": "test/one",
        "provider": "Test",
        "choices": list(choices),
        **more,
    }
    written = orjson.dumps(chunk) if style is None else json.dumps(chunk, **style).encode()
    return b"data: %b\n\n" % written


def a_choice(
    delta: dict[str, Any], index: int = 0, finish_reason: str | None = None
) -> dict[str, Any]:
    return {"index": index, "delta": delta, "finish_reason": finish_reason}


def says(text: str, index: int = 0, field: str = "content") -> bytes:
    return an_event(a_choice({field: text}, index))


def calls(arguments: str, tool: int = 0, index: int = 0) -> bytes:
    delta = {"tool_calls": [{"index": tool, "function": {"arguments": arguments}}]}
    return an_event(a_choice(delta, index))


def finishes(index: int = 0) -> bytes:
    return an_event(a_choice({}, index, "stop"))


def fed(restorer: StreamRestorer, *blocks: bytes) -> bytes:
    return b"".join([*map(restorer.feed, blocks), restorer.rest()])


def heard(stream: bytes) -> dict[tuple[Any, ...], str]:
    """The texts as a client puts them together; halves of letters stay halves."""
    texts: dict[tuple[Any, ...], str] = defaultdict(str)
    for event in stream.split(b"\n\n"):
        if not event.startswith(b"data: {"):
            continue
        for choice in json.loads(event[6:])["choices"]:
            index, delta = choice["index"], choice["delta"]
            for name, said in delta.items():
                if name == "tool_calls":
                    for tool in said:
                        arguments = tool.get("function", {}).get("arguments", "")
                        texts[index, name, tool["index"]] += arguments
                elif name == "reasoning_details":
                    for detail in said:
                        texts[index, name] += detail.get("text", "")
                elif isinstance(said, str):
                    texts[index, name] += said
    return dict(texts)
