"""What a call's messages hold besides words."""

from typing import Any

WORDS = frozenset({"text", "refusal", "thinking", "redacted_thinking"})  # parts that are words


def media_of(messages: list[dict[str, Any]]) -> list[str]:
    """A part's type for each, as OpenAI's wire names them; sound and pictures that stand beside the
    content are told as the same. Of messages that were read already."""
    found = []
    for message in messages:
        content, drawn = message.get("content"), message.get("images")
        if type(content) is list:
            found += [part["type"] for part in content if part["type"] not in WORDS]
        if message.get("audio") is not None:
            found.append("input_audio")
        if drawn:
            found += ["image_url"] * (len(drawn) if type(drawn) is list else 1)
    return found
