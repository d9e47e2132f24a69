"""What a model is able to, and the names of request parameters that tell it, as OpenRouter's
clients know them."""

from collections.abc import Iterable

ALWAYS = ("max_tokens", "stop", "stream")
BY_ABILITY = {
    "tools": ("tools", "tool_choice"),
    "reasoning": ("reasoning", "include_reasoning", "reasoning_effort"),
    "structured_outputs": ("response_format", "structured_outputs"),
    "temperature": ("temperature", "top_p"),
}
# No parameter but a price of its own for what was sent before: ours to look for.
CACHING = "caching"
ABLE = {
    "tools": "Tools",
    "reasoning": "Thinks first",
    "structured_outputs": "JSON",
    CACHING: "Cheaper when repeated",
}
KNOWN = frozenset({*ALWAYS, CACHING, *(name for names in BY_ABILITY.values() for name in names)})
NEEDED = {name: ability for ability, names in BY_ABILITY.items() for name in names} | {
    CACHING: CACHING
}


def parameters(abilities: Iterable[str]) -> list[str]:
    found = set(ALWAYS)
    for ability in abilities:
        found.update(BY_ABILITY.get(ability, ()))
    return sorted(found)
