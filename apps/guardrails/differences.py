"""What differs between two states of a guardrail, in sentences for people. No word of a private
list, no pattern and no example stands in them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from apps.core.money import usd_exact
from apps.guardrails.rail import LISTS, PRICES, SWITCHES, Private, Rail, RailRule, strengths

SWITCH_WORDS = {
    "zero_retention": "Zero data retention",
    "no_training": "No training",
    "only_free": "Only free models",
    "only_at_home": "Only at home",
    "scrubs": "Replacing private values",
}
LIST_WORDS = {
    "allowed_models": "Models that are allowed",
    "denied_models": "Models that are closed",
    "allowed_providers": "Providers that are allowed",
    "denied_providers": "Providers that are closed",
}
PRICE_WORDS = {
    "max_prompt_price": "Highest price of what is sent",
    "max_completion_price": "Highest price of what is answered",
}
MEDIA = "Pictures, sound and files"
ACTIONS = {
    "flag": "count only",
    "restore": "replace and put back",
    "redact": "replace for good",
    "block": "stop the message",
}
SCOPES = {"all": "in everything that is sent", "user": "in what people write"}
MOST_NAMED = 5


def differences(before: Rail, after: Rail) -> list[str]:
    """What changed from one to the other; empty where nothing did."""
    return [*_plain(before, after), *_of_rules(before, after)]


def loosened(before: Rail, after: Rail) -> list[str]:
    """What `after` would let pass that `before` does not."""
    found = [
        f"{words} would be switched off."
        for name, words in SWITCH_WORDS.items()
        if getattr(before, name) and not getattr(after, name)
    ]
    if before.blocks_media and not after.blocks_media:
        found.append(f"{MEDIA} would be let out.")
    found += [
        f"{LIST_WORDS[name]}: more would be open." for name in LISTS if _opens(name, before, after)
    ]
    found += [
        f"{words} would rise."
        for name, words in PRICE_WORDS.items()
        if _rises(getattr(before, name), getattr(after, name))
    ]
    return found + _looser_rules(before, after)


def _plain(before: Rail, after: Rail) -> Iterator[str]:
    for name in SWITCHES:
        if getattr(before, name) != getattr(after, name):
            yield f"{SWITCH_WORDS[name]}: {'on' if getattr(after, name) else 'off'}."
    for name in LISTS:
        was, now = set(getattr(before, name)), set(getattr(after, name))
        if was != now:
            yield f"{LIST_WORDS[name]}: {_list_words(name, was, now)}."
    for name in PRICES:
        if getattr(before, name) != getattr(after, name):
            yield f"{PRICE_WORDS[name]}: {_price(getattr(after, name))}."
    if before.blocks_media != after.blocks_media:
        yield f"{MEDIA}: {'stay in the house' if after.blocks_media else 'may leave the house'}."


def _list_words(name: str, was: set[str], now: set[str]) -> str:
    if not now:
        return "all" if name.startswith("allowed") else "none"
    parts = []
    if now - was:
        parts.append(f"added {_named(sorted(now - was))}")
    if was - now:
        parts.append(f"removed {_named(sorted(was - now))}")
    return ", ".join(parts)


def _named(slugs: Sequence[str]) -> str:
    shown, more = ", ".join(slugs[:MOST_NAMED]), len(slugs) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _price(price: Decimal | None) -> str:
    return "no limit" if price is None else f"{usd_exact(price)} per million tokens"


def _of_rules(before: Rail, after: Rail) -> Iterator[str]:
    was = {rule.name: rule for rule in before.rules}
    now = {rule.name: rule for rule in after.rules}
    for name, rule in now.items():
        if name not in was:
            yield f"Rule “{name}” added: {_does(rule)}."
        elif was[name] != rule:
            yield from _of_rule(was[name], rule)
    yield from (f"Rule “{name}” removed." for name in was if name not in now)


def _of_rule(was: RailRule, now: RailRule) -> Iterator[str]:
    if _does(was) != _does(now):
        yield f"Rule “{now.name}”: {_does(now)}, before: {_does(was)}."
    if (was.kind, was.detector) != (now.kind, now.detector):
        yield f"Rule “{now.name}” looks for something else."
    elif was.private != now.private:
        yield f"Rule “{now.name}”: {_private_words(was.private, now.private or Private())}."


def _private_words(was: Private | None, now: Private) -> str:
    if was is None:
        return "what did not open was entered anew"
    parts = []
    if was.pattern != now.pattern:
        parts.append("its pattern changed")
    if set(was.words) != set(now.words):
        count = len(now.words)
        parts.append(f"{count} word{'' if count == 1 else 's'}, before: {len(was.words)}")
    return ", ".join(parts) or "its examples changed"


def _does(rule: RailRule) -> str:
    return f"{ACTIONS[rule.action]}, {SCOPES[rule.scope]}"


def _opens(name: str, before: Rail, after: Rail) -> bool:
    was, now = set(getattr(before, name)), set(getattr(after, name))
    if name.startswith("allowed"):
        return bool(was) and (not now or not now <= was)
    return not was <= now


def _rises(was: Decimal | None, now: Decimal | None) -> bool:
    return was is not None and (now is None or now > was)


def _looser_rules(before: Rail, after: Rail) -> list[str]:
    """By the names of the rules that would find less, or do less about it."""
    now = strengths(after.acting)
    found = []
    for rule in before.acting:
        things = strengths([rule])
        if any(thing not in now or not now[thing].covers(one) for thing, one in things.items()):
            found.append(f"Rule “{rule.name}” would find less, or do less about it.")
    return found
