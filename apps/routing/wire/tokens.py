"""Token counts: as the provider reports them, as a bound before sending, and as an estimate where
nobody counted."""

from decimal import Decimal, InvalidOperation
from typing import Any

from apps.routing.pricing import TokenUsage
from apps.routing.types import Call

PER_MESSAGE, PER_TOOL, WITH_TOOLS = 16, 64, 1000
# A count or a cost past these is no call's: it is not read, so that no sum can leave its column.
MOST_TOKENS, MOST_SEARCHES, MOST_USD = 10**10, 10**6, Decimal(10**6)
BYTES_PER_TOKEN = 3  # English and code measure 3.8 to 4.5; low, so that an estimate is not short


def read_usage(given: Any) -> TokenUsage | None:
    """None where the provider reported nothing that can be read: absent, negative, no number.
    Zero is a count."""
    if type(given) is not dict:
        return None
    prompt, completion = _count(given, "prompt_tokens"), _count(given, "completion_tokens")
    if prompt is None or completion is None:
        return None
    asked = given.get("prompt_tokens_details") or {}
    answered = given.get("completion_tokens_details") or {}
    reasoning = _count(answered, "reasoning_tokens") or 0
    total = _count(given, "total_tokens")
    # Some report reasoning beside the completion instead of within it (xAI, 2026): the total tells.
    if reasoning and total is not None and total == prompt + completion + reasoning:
        completion += reasoning
    cached = _count(asked, "cached_tokens") or _count(given, "prompt_cache_hit_tokens") or 0
    cached = min(cached, prompt)
    return TokenUsage(
        prompt=prompt,
        completion=completion,
        reasoning=min(reasoning, completion),
        cached=cached,
        cache_write=min(_count(asked, "cache_write_tokens") or 0, prompt - cached),
        searches=_searches(given),
        reported_cost=_cost(given.get("cost")),
    )


def _count(given: Any, name: str) -> int | None:
    value = given.get(name) if type(given) is dict else None
    if type(value) is str and value.isascii() and value.isdigit() and len(value) < 16:
        value = int(value)
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value < MOST_TOKENS else None


def _searches(given: dict[str, Any]) -> int:
    block = given.get("server_tool_use_details") or given.get("server_tool_use") or {}
    return min(_count(block, "web_search_requests") or 0, MOST_SEARCHES)


def _cost(value: Any) -> Decimal | None:
    if type(value) not in (int, float, str):
        return None
    try:
        cost = Decimal(str(value))
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and 0 <= cost < MOST_USD else None


def prompt_bound(call: Call, largest_context: int | None) -> int | None:
    """Tokens a prompt cannot exceed: every token covers at least one byte, and a provider takes no
    more than its context. None where media make bytes no bound and no context is known."""
    if call.has_media:
        return largest_context
    bound = len(call.document.text) + call.message_count * PER_MESSAGE
    if call.tool_count:
        bound += WITH_TOOLS + call.tool_count * PER_TOOL
    return bound if largest_context is None else min(bound, largest_context)


def estimate_prompt(call: Call) -> int:
    return len(call.document.text) // BYTES_PER_TOKEN + 1


def estimate_text(text_bytes: int) -> int:
    return -(-text_bytes // BYTES_PER_TOKEN)


def produced_bytes(part: dict[str, Any]) -> int:
    """UTF-8 bytes of what a model wrote in one delta or message: text, reasoning, refusal, tool
    arguments and names, audio transcript."""
    total = 0
    for name in ("content", "reasoning", "reasoning_content", "refusal"):
        text = part.get(name)
        if type(text) is str:
            total += len(text.encode("utf-8", "surrogatepass"))
    tools = part.get("tool_calls")
    for tool in tools if type(tools) is list else ():
        function = tool.get("function") if type(tool) is dict else None
        if type(function) is dict:
            total += len(str(function.get("arguments") or "").encode("utf-8", "surrogatepass"))
            total += len(str(function.get("name") or "").encode("utf-8", "surrogatepass"))
    audio = part.get("audio")
    if type(audio) is dict:
        total += len(str(audio.get("transcript") or "")) + len(str(audio.get("data") or ""))
    return total
