"""Which candidates a call may use, and by which rule the others dropped out. The one choke point:
nothing reaches a provider without having passed here."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from operator import attrgetter

from apps.routing.errors import Refusal, filtered, invalid
from apps.routing.types import NO_WISH, Call, Candidate, Dropped, Policy, Preferences

PRIVACY_RULES = frozenset({"data_policy:zdr", "data_policy:training"})
WORDS = {
    "data_policy:zdr": "keeps what it is sent, or nobody knows that it does not",
    "data_policy:training": "may learn from what it is sent",
    "allowed_models": "is not among the models that are allowed here",
    "denied_models": "is among the models that are closed here",
    "allowed_providers": "is at a provider that is not allowed here",
    "denied_providers": "is at a provider that is closed here",
    "price_limit": "costs more than is allowed here, or nobody knows how much",
    "max_price": "costs more than this call allows",
    "quantization": "runs only at other precisions",
    "require_parameters": "does not take every parameter of this call",
    "only_free": "is not free, and only free models are open here",
    "only_at_home": "does not run at home",
    "free_terms": "may learn from what it is sent, which nobody has accepted for this caller yet",
    "free_limit": "has given as many free answers as its account gets for now",
    "no_tools": "cannot use tools",
    "no_structure": "cannot answer in a given shape",
    "no_reasoning": "does not think first",
    "no_pictures": "does not read pictures",
    "no_audio": "does not listen to sound",
    "no_video": "does not watch films",
    "no_files": "does not read files",
    "context_length": "cannot read that much at once",
    "budget": "costs more than a budget has left",
    "price_unknown": "has no known price, and a budget binds it",
}
# Rules of ours → what OpenRouter's clients know; it has no word for a model that is not allowed.
EXCLUDED_BY = {
    "denied_models": "allowed_models",
    "denied_providers": "allowed_providers",
    "only_at_home": "allowed_providers",
    "only_free": "max_price",
    "price_limit": "max_price",
    "free_terms": "data_policy:training",
    "no_tools": "require_parameters",
    "no_structure": "require_parameters",
    "no_reasoning": "require_parameters",
    "no_pictures": "require_parameters",
    "no_audio": "require_parameters",
    "no_video": "require_parameters",
    "no_files": "require_parameters",
}
FREE_TERMS, FREE_LIMIT = "free_terms", "free_limit"
_TERMS = attrgetter("terms")


def tightened(call: Call, policy: Policy) -> Call:
    """The call with what the policy demands of every provider among its wishes: one that chooses
    among others itself is told."""
    if not policy.restricts:
        return call
    wish = call.wish
    tight = replace(
        wish,
        zdr=wish.zdr or policy.zero_retention,
        deny_training=wish.deny_training or policy.no_training,
        ignore=(*wish.ignore, *sorted(policy.denied_providers.difference(wish.ignore))),
    )
    return call if tight == wish else replace(call, wish=tight)


def sift(
    candidates: tuple[Candidate, ...], call: Call, policy: Policy
) -> tuple[list[Candidate], list[Dropped]]:
    """Those that pass, and those that do not with the rule."""
    is_free_of_rules = not (policy.restricts or call.priced_fields or call.wish is not NO_WISH)
    if is_free_of_rules and not any(map(_TERMS, candidates)):
        return list(candidates), []
    passed, dropped = [], []
    for candidate in candidates:
        rule = _rule_against(candidate, call, policy)
        if rule is None:
            passed.append(candidate)
        else:
            dropped.append(Dropped(candidate, rule))
    return passed, dropped


def may_use(candidates: Iterable[Candidate], policy: Policy) -> bool:
    """Whether the rules leave any of these for a plain call."""
    return any(closing_rule(one, policy) is None for one in candidates)


def closing_rule(candidate: Candidate, policy: Policy, wish: Preferences = NO_WISH) -> str | None:
    """The rule that closes it to every call; a `wish` for privacy can only close more."""
    return _privacy_rule(candidate, policy, wish) or _list_rule(candidate, policy)


def nothing_left(slug: str, dropped: list[Dropped]) -> Refusal:
    """The refusal when every candidate of a model dropped out."""
    rules = sorted({drop.rule for drop in dropped})
    for rule in rules:
        if rule.startswith("unpriced:"):
            return invalid(
                f"{slug} has no known price for {rule.removeprefix('unpriced:')}, so this call "
                "could cost more than was held. Leave that field out.",
            )
    code = "privacy_restricted" if PRIVACY_RULES & set(rules) else "constraint_filtered"
    reason = "; it ".join(WORDS.get(rule, rule) for rule in rules)
    excluded_by = sorted({EXCLUDED_BY.get(rule, rule) for rule in rules})
    sentence = f"No endpoint of {slug} is left for this call: it {reason}."
    return filtered(slug, code, excluded_by, sentence)


def _rule_against(candidate: Candidate, call: Call, policy: Policy) -> str | None:
    for field in call.priced_fields:
        if candidate.pricing is None or field not in candidate.pricing.base:
            return f"unpriced:{field}"
    rule = closing_rule(candidate, policy, call.wish) or _wish_rule(candidate, call)
    if rule is None and candidate.terms and candidate.terms not in policy.accepted:
        return FREE_TERMS  # last: where it is the answer, accepting them opens the way
    return rule


def _privacy_rule(candidate: Candidate, policy: Policy, wish: Preferences) -> str | None:
    if (policy.zero_retention or wish.zdr) and not candidate.keeps_nothing:
        return "data_policy:zdr"
    if (policy.no_training or wish.deny_training) and candidate.may_train:
        return "data_policy:training"
    return None


def _list_rule(candidate: Candidate, policy: Policy) -> str | None:
    if policy.allowed_models and candidate.model not in policy.allowed_models:
        return "allowed_models"
    if policy.denied_models and _is_denied(candidate, policy):
        return "denied_models"
    if policy.allowed_providers and candidate.provider not in policy.allowed_providers:
        return "allowed_providers"
    if candidate.provider in policy.denied_providers:
        return "denied_providers"
    if policy.only_free and not candidate.is_free:
        return "only_free"
    if policy.only_at_home and not candidate.stays_home:
        return "only_at_home"
    return _price_rule(candidate, policy)


def _is_denied(candidate: Candidate, policy: Policy) -> bool:
    """Whoever closes a model closes its free variant as well; not the other way round."""
    plain = candidate.model.removesuffix(f":{candidate.variant}")
    return not policy.denied_models.isdisjoint((candidate.model, plain))


def _price_rule(candidate: Candidate, policy: Policy) -> str | None:
    """The highest price any of its tokens can have counts; an unknown one does not pass."""
    if candidate.is_free or not _has_price_limit(policy):
        return None
    pricing = candidate.pricing
    if pricing is None:
        return "price_limit"
    is_within = _within(pricing.dearest_prompt, policy.max_prompt_price) and _within(
        pricing.dearest_completion, policy.max_completion_price
    )
    return None if is_within else "price_limit"


def _has_price_limit(policy: Policy) -> bool:
    return policy.max_prompt_price is not None or policy.max_completion_price is not None


def _within(price: Decimal, most: Decimal | None) -> bool:
    return most is None or price <= most


def _wish_rule(candidate: Candidate, call: Call) -> str | None:
    wish = call.wish
    if wish.only and not _named(candidate, wish.only):
        return "allowed_providers"
    if wish.ignore and _named(candidate, wish.ignore):
        return "allowed_providers"
    if not wish.allow_fallbacks and wish.order and not _named(candidate, wish.order):
        return "allowed_providers"
    if wish.quantizations and candidate.quantization not in wish.quantizations:
        return "quantization"
    if wish.max_price and not _affordable(candidate, call):
        return "max_price"
    if wish.require_parameters and not _takes_all(candidate, call):
        return "require_parameters"
    return None


def _named(candidate: Candidate, slugs: tuple[str, ...]) -> bool:
    """A base slug names all endpoints of a provider; `provider/tag` names one."""
    tag = candidate.endpoint.partition("@")[2]
    return any(slug in (candidate.provider, tag) for slug in slugs)


def _affordable(candidate: Candidate, call: Call) -> bool:
    if candidate.pricing is None:
        return candidate.is_free
    return all(
        candidate.pricing.base.get(name, 0) <= most for name, most in call.wish.max_price.items()
    )


_ASKS = {"tools": "tools", "response_format": "structured_outputs", "reasoning": "reasoning"}


def _takes_all(candidate: Candidate, call: Call) -> bool:
    return all(
        ability in candidate.abilities
        for field, ability in _ASKS.items()
        if field in call.used_parameters
    )
