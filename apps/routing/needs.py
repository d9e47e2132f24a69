"""What a call needs of whoever answers it, read from its body, for names that leave the choice to
the house: where a model is named, its caller has chosen."""

from typing import Any, NamedTuple

from apps.routing.types import Call, Candidate
from apps.routing.wire.media import media_of
from apps.routing.wire.tokens import BYTES_PER_TOKEN, estimate_prompt

TOOLS, STRUCTURE, REASONING = "tools", "structured_outputs", "reasoning"
MEDIA = {"image_url": "image", "input_audio": "audio", "video_url": "video", "file": "file"}
OTHER = "file"  # what nobody here knows, which few models read
MEDIUM_TOKENS = 1_600  # what a picture or a page usually is to a model
ANSWER_TOKENS = 1_000  # room for the answer where the call names no cap
USUAL_CONTEXT = 4_000  # of a model whose context nobody told
RULES = {
    TOOLS: "no_tools",
    STRUCTURE: "no_structure",
    REASONING: "no_reasoning",
    "image": "no_pictures",
    "audio": "no_audio",
    "video": "no_video",
    "file": "no_files",
}
TOO_SHORT = "context_length"


class Needs(NamedTuple):
    """`tokens`: of the prompt and its answer together, by estimate."""

    abilities: frozenset[str]
    media: frozenset[str]
    tokens: int

    @property
    def told(self) -> tuple[str, ...]:
        """As a receipt keeps them."""
        return (*sorted(self.abilities), *sorted(self.media), f"context:{self.tokens}")


def needs_of(call: Call) -> Needs:
    messages = call.document.value["messages"]
    media = [MEDIA.get(kind, OTHER) for kind in media_of(messages)] if call.has_media else []
    prompt = _spoken(messages, len(media)) if media else estimate_prompt(call)
    return Needs(
        abilities=frozenset(_abilities(call)),
        media=frozenset(media),
        tokens=prompt + (call.cap or ANSWER_TOKENS),
    )


def unmet(candidate: Candidate, needs: Needs) -> str:
    """The rule by which it does not fit; empty where it does."""
    for lacking in sorted(needs.abilities - candidate.abilities):
        return RULES[lacking]
    for lacking in sorted(needs.media - candidate.reads):
        return RULES[lacking]
    return TOO_SHORT if needs.tokens > (candidate.context_length or USUAL_CONTEXT) else ""


def _abilities(call: Call) -> list[str]:
    given, found = call.document.value, []
    if call.tool_count or given.get("functions"):
        found.append(TOOLS)
    shape = given.get("response_format") or {}
    if shape.get("type", "text") != "text" or given.get("structured_outputs"):
        found.append(STRUCTURE)
    if _wants_reasoning(call, given.get("reasoning") or {}):
        found.append(REASONING)
    return found


def _wants_reasoning(call: Call, reasoning: dict[str, Any]) -> bool:
    if call.reasoning_effort is not None:
        return call.reasoning_effort != "none"
    return bool(reasoning.get("enabled") or reasoning.get("max_tokens"))


def _spoken(messages: list[dict[str, Any]], media: int) -> int:
    """Tokens of the words alone: the letters of an encoded picture are none."""
    contents = [one.get("content") for one in messages]
    texts = [content for content in contents if type(content) is str]
    parts = [part for content in contents if type(content) is list for part in content]
    texts += [part["text"] for part in parts if type(part.get("text")) is str]
    spoken = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    return spoken // BYTES_PER_TOKEN + media * MEDIUM_TOKENS
