"""Reads a chat-completions body: what we must know of it, refusing what could cost or steer
elsewhere. It never changes the body; providers/ does, for one candidate at a time."""

from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from apps.routing.errors import invalid
from apps.routing.speed import Spread
from apps.routing.splice import Document, DuplicateMember, depth
from apps.routing.types import NO_WISH, Call, Preferences
from apps.routing.wire import fields
from apps.routing.wire.fields import Kind
from apps.routing.wire.media import WORDS

DEEPEST = 128
MOST_MESSAGES = 10_000
MOST_TOKENS = 100_000_000  # far past any model; keeps a hold within its column
EFFORTS = frozenset({"max", "xhigh", "high", "medium", "low", "minimal", "none"})


def read(body: bytes) -> Call:
    """Raises Refusal (400) with a sentence that names the field."""
    document = document_of(body)
    value = document.value
    priced = _check_fields(document)
    _check_types(value)
    messages = value.get("messages")
    if type(messages) is not list or not messages:
        raise invalid("“messages” must be a list with at least one message.")
    if len(messages) > MOST_MESSAGES:
        raise invalid(f"“messages” has {len(messages)} entries; {MOST_MESSAGES} are the most.")
    has_media = _check_messages(messages)
    tools = value.get("tools") or []
    _check_tools(tools)
    _check_plugins(value.get("plugins") or [])
    return Call(
        document=document,
        models=_models(value),
        is_streamed=value.get("stream") is True,
        cap=_cap(value),
        n=_choices(value),
        message_count=len(messages),
        tool_count=len(tools),
        has_media=has_media,
        priced_fields=priced,
        used_parameters=frozenset(value),
        reasoning_effort=_effort(value),
        wish=_wish(value["provider"]) if value.get("provider") else NO_WISH,
    )


def document_of(body: bytes) -> Document:
    """Any JSON object that somebody sent. Raises Refusal (400)."""
    try:
        document = Document(body)
    except TypeError:
        raise invalid("The body must be a JSON object.") from None
    except orjson.JSONDecodeError as problem:
        raise invalid(f"The body is not valid JSON: {_position(problem)}.") from None
    if body.count(b"{") + body.count(b"[") > DEEPEST and depth(body) > DEEPEST:
        raise invalid(f"The body nests deeper than {DEEPEST} levels.")
    try:
        document.check_unique()
    except DuplicateMember as twice:
        raise invalid(f"The field “{_shown(str(twice))}” stands twice; send it once.") from None
    return document


def _position(problem: orjson.JSONDecodeError) -> str:
    return f"line {problem.lineno}, column {problem.colno}"


def _shown(name: str) -> str:
    """A client's own word, short enough and safe to print back."""
    return "".join(letter for letter in name[:60] if letter.isprintable())


def _check_fields(document: Document) -> frozenset[str]:
    """The prices that fields of this body ask for."""
    asked = set()
    for name, value in document.value.items():
        kind = fields.kind_of(name)
        if kind is Kind.FORBIDDEN:
            raise invalid(
                f"The field “{_shown(name)}” is not accepted here: the house chooses model, "
                "provider, address, account and limits. Leave it out.",
                field=_shown(name),
            )
        if kind is Kind.PRICED and not fields.is_off(name, value):
            asked.add(fields.PRICED[name])
    return frozenset(asked)


def _check_types(value: dict[str, Any]) -> None:
    for name, given in value.items():
        rule = fields.TYPES.get(name)
        if rule is None or given is None or type(given) in rule[0]:
            continue
        raise invalid(f"“{name}” must be {rule[1]}.", field=name)


def _check_messages(messages: list[Any]) -> bool:
    """True where a message carries something whose tokens its bytes do not bound."""
    has_media = False
    for number, message in enumerate(messages, 1):
        if type(message) is not dict or type(message.get("role")) is not str:
            raise invalid(f"Message {number} must be an object with a “role”.")
        content = message.get("content")
        if type(content) is list:
            has_media = _check_parts(content, number) or has_media
        elif content is not None and type(content) is not str:
            raise invalid(f"The “content” of message {number} must be a text or a list of parts.")
        if message.get("audio") is not None or message.get("images"):
            has_media = True
    return has_media


def _check_parts(parts: list[Any], number: int) -> bool:
    has_media = False
    for part in parts:
        if type(part) is not dict or type(part.get("type")) is not str:
            raise invalid(f"Each part of message {number} must be an object with a “type”.")
        if part["type"] == "text":
            if type(part.get("text")) is not str:
                raise invalid(f"A text part of message {number} has no “text”.")
        elif part["type"] not in WORDS:
            has_media = True
    return has_media


def _models(value: dict[str, Any]) -> tuple[str, ...]:
    model, others = value.get("model"), value.get("models") or []
    if model is not None and type(model) is not str:
        raise invalid("“model” must be a text such as author/name.", field="model")
    wanted = [model] if model else []
    if any(type(other) is not str for other in others):
        raise invalid("“models” must be a list of model names.", field="models")
    wanted += [other for other in others if other not in wanted]
    if not wanted:
        raise invalid("Say which model: “model” is missing.", field="model")
    if len(wanted) > 10:
        raise invalid("“models” may name at most 10 models.", field="models")
    if any(len(name) > 200 or not name.isprintable() for name in wanted):
        raise invalid("“model” has at most 200 characters, all of them printable.", field="model")
    return tuple(wanted)


def _cap(value: dict[str, Any]) -> int | None:
    caps = [
        cap
        for name in ("max_tokens", "max_completion_tokens")
        if (cap := value.get(name)) is not None
    ]
    if any(cap < 1 for cap in caps):
        raise invalid("“max_tokens” must be 1 or more.", field="max_tokens")
    if any(cap > MOST_TOKENS for cap in caps):
        raise invalid(f"“max_tokens” is at most {MOST_TOKENS}.", field="max_tokens")
    return min(caps, default=None)


def _choices(value: dict[str, Any]) -> int:
    n = value.get("n")
    if n is None:
        return 1
    if not 1 <= n <= 128:
        raise invalid("“n” must be from 1 to 128.", field="n")
    return int(n)


def _effort(value: dict[str, Any]) -> str | None:
    plain = value.get("reasoning_effort")
    nested = (value.get("reasoning") or {}).get("effort")
    if plain is not None and nested is not None and plain != nested:
        raise invalid("“reasoning_effort” and “reasoning.effort” disagree; send one of them.")
    effort = plain if plain is not None else nested
    if effort is not None and (type(effort) is not str or effort not in EFFORTS):
        raise invalid(f"“reasoning_effort” is one of {', '.join(sorted(EFFORTS))}.")
    return effort


def _check_tools(tools: list[Any]) -> None:
    """A tool that a provider runs costs money that no token bound covers."""
    for tool in tools:
        if type(tool) is not dict or type(tool.get("type")) is not str:
            raise invalid("Each tool must be an object with a “type”.", field="tools")
        if tool["type"] != "function":
            raise invalid(
                f"Tools of type “{_shown(tool['type'])}” run at the provider and have no known "
                "price here; use function tools.",
                field="tools",
            )


def _check_plugins(plugins: list[Any]) -> None:
    for plugin in plugins:
        if type(plugin) is dict and plugin.get("enabled") is False:
            continue
        name = plugin.get("id") if type(plugin) is dict else plugin
        raise invalid(f"The plugin “{_shown(str(name))}” does not exist here.", field="plugins")


def _wish(given: dict[str, Any]) -> Preferences:
    def names(field: str) -> tuple[str, ...]:
        value = given.get(field) or []
        if type(value) is not list or any(type(item) is not str for item in value):
            raise invalid(f"“provider.{field}” must be a list of texts.", field="provider")
        return tuple(value)

    def switch(field: str, default: bool) -> bool:
        value = given.get(field)
        if value is not None and type(value) is not bool:
            raise invalid(f"“provider.{field}” must be true or false.", field="provider")
        return default if value is None else value

    sort = given.get("sort")
    sort = sort.get("by") if type(sort) is dict else sort
    if sort not in (None, "price", "throughput", "latency"):
        raise invalid("“provider.sort” is price, throughput or latency.", field="provider")
    if given.get("data_collection") not in (None, "allow", "deny"):
        raise invalid("“provider.data_collection” is allow or deny.", field="provider")
    return Preferences(
        order=names("order"),
        only=names("only"),
        ignore=names("ignore"),
        quantizations=names("quantizations"),
        allow_fallbacks=switch("allow_fallbacks", True),
        zdr=switch("zdr", False),
        require_parameters=switch("require_parameters", False),
        deny_training=given.get("data_collection") == "deny",
        sort=sort or "",
        max_price=_max_price(given.get("max_price") or {}),
        min_throughput=_shares(given, "preferred_min_throughput"),
        max_latency=_shares(given, "preferred_max_latency"),
    )


def _shares(given: dict[str, Any], name: str) -> dict[str, float]:
    """A number is meant for the middle one of the calls."""
    value = given.get(name)
    if value is None:
        return {}
    wanted = value if type(value) is dict else {Spread._fields[0]: value}
    for share, figure in wanted.items():
        if share not in Spread._fields or type(figure) not in (int, float) or figure <= 0:
            raise invalid(
                f"“provider.{name}” must be a number above zero, or an object of such numbers by "
                f"{', '.join(Spread._fields)}.",
                field="provider",
            )
    return {share: float(figure) for share, figure in wanted.items()}


def _max_price(given: Any) -> dict[str, Decimal]:
    try:
        prices = {str(name): Decimal(str(price)) for name, price in given.items()}
    except (AttributeError, InvalidOperation):
        raise invalid("“provider.max_price” must be an object of prices.") from None
    if any(not price.is_finite() or price < 0 for price in prices.values()):
        raise invalid("A price in “provider.max_price” must be zero or more.")
    return prices
