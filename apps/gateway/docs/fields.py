"""What the API does with each field of a request, in words. Which field is of which kind stands in
apps/routing/wire/fields.py alone; the pages read it from there."""

from typing import NamedTuple

from apps.routing.wire import fields
from apps.routing.wire.fields import Kind


class Field(NamedTuple):
    name: str
    words: str


OURS = {
    "model": "Which model to ask, such as author/name. A name may end in :free, :floor (cheapest "
    "first) or :nitro (fastest first), also in both, as in :free:nitro. gatehouse/auto takes the "
    "cheapest model that can do what the call asks for, gatehouse/free one that costs nothing: a "
    "free variant, or a model at home without a price.",
    "models": "Up to ten names, asked in this order until one answers.",
    "provider": "Wishes about who runs the model: order, only, ignore, allow_fallbacks, sort, "
    "preferred_min_throughput (tokens a second) and preferred_max_latency (seconds to the first "
    "token), each a number or p50, p75, p90, p99 of what this house measured, max_price, "
    "quantizations, require_parameters, zdr and data_collection. A preferred speed changes the "
    "order alone; a wish can tighten the rules of the project, never loosen them.",
    "route": "Read and left out: the house always falls back.",
    "stream": "Whether the answer comes piece by piece.",
    "stream_options": "Not needed: a stream always ends with its usage.",
    "usage": "Not needed: every answer says its usage and its cost.",
    "max_tokens": "The longest answer you want, in tokens. It bounds the cost.",
    "max_completion_tokens": "The newer name of max_tokens; the smaller of both counts.",
    "reasoning": "How long to think: effort is handed on to models that can.",
    "reasoning_effort": "The same as reasoning.effort.",
    "include_reasoning": "Left out: the provider decides whether it shows what it thought.",
    "user": "Stays here: it would tell a provider who is asking.",
    "metadata": "Stays here, for the same reason, and is not kept.",
    "store": "Stays here: it would let a provider keep what was said.",
    "session_id": "Stays here, and is not kept.",
    "trace": "Stays here, and is not kept.",
    "debug": "Stays here.",
    "transforms": "Read and left out: the house never shortens what you send.",
    "plugins": "None exist here. Switched-off ones are left out, others are refused.",
    "stop_server_tools_when": "Left out: no tools run on the house’s side.",
}

# A price an endpoint must have → what the fields behind it ask for.
PRICED = {
    "service_tier": "another class of service, at another price",
    "web_search": "searches of the web, charged one by one",
    "audio_output": "spoken answers",
    "image_output": "pictures in the answer",
    "cached_content": "a prompt kept at the provider",
    "background": "work that goes on after the call",
}

WHY = {
    Kind.FORWARDED: "Handed on to the provider exactly as you wrote them. Whether a model heeds "
    "one is the model’s affair. A field nobody here knows is handed on too.",
    Kind.OURS: "Read by the house itself, and not handed on unless it says so.",
    Kind.PRICED: "These make a call dearer in a way that counting tokens does not show. They are "
    "handed on where the provider’s price for them is known, and refused where it is not: the "
    "house could not promise what the call costs at most.",
    Kind.FORBIDDEN: "Refused with 400. They would choose another model, provider, address or "
    "account than the house chooses, or switch off a rule or a limit. So would other spellings of "
    "any field on this page.",
}


def of_kind(kind: Kind) -> list[str]:
    return sorted(name for name, known in fields.KINDS.items() if known is kind)


def forwarded() -> list[Field]:
    """With the type that is asked for, where one is."""
    found = []
    for name in of_kind(Kind.FORWARDED):
        rule = fields.TYPES.get(name)
        found.append(Field(name, rule[1] if rule else ""))
    return found


def ours() -> list[Field]:
    return [Field(name, words) for name, words in OURS.items()]


def priced() -> list[Field]:
    return [Field(name, PRICED[price]) for name, price in sorted(fields.PRICED.items())]
