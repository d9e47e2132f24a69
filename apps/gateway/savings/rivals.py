"""Other endpoints of the same model: those the house is connected to, and those it could be. What
would not answer these calls as well is none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from apps.catalog.free import has_ended
from apps.catalog.models import Endpoint, Provider
from apps.connections.models import Connection
from apps.gateway.candidates import candidate_for
from apps.gateway.savings.reckoning import Used
from apps.gateway.snapshot import Catalog
from apps.routing.policy import closing_rule
from apps.routing.types import Candidate, Policy

NEEDED = frozenset({"tools", "structured_outputs", "reasoning"})
NOWHERE = "https://not-connected.invalid/v1"


@dataclass(frozen=True)
class Rival:
    """`ways` has a candidate for each connection it is reached through."""

    ways: tuple[Candidate, ...]
    is_connected: bool
    hands_on: bool  # to others, whom it chooses itself

    @property
    def candidate(self) -> Candidate:
        return self.ways[0]

    def is_open_to(self, policy: Policy) -> bool:
        return any(
            closing_rule(one, policy) is None and (not one.terms or one.terms in policy.accepted)
            for one in self.ways
        )


def rivals_of(catalog: Catalog, slug: str, today: date) -> Iterator[Rival]:
    """Each with a known price above zero."""
    for endpoint in catalog.endpoints.get(slug, ()):
        ways = ways_to(catalog, slug, endpoint)
        is_connected = bool(ways)
        if not ways and _is_to_be_had(endpoint, today):
            ways = (as_candidate(endpoint, slug),)
        if ways and ways[0].pricing is not None and not ways[0].is_free:
            yield Rival(ways, is_connected, endpoint.provider.is_gateway)


def ways_to(catalog: Catalog, slug: str, endpoint: Endpoint) -> tuple[Candidate, ...]:
    found = catalog.routes.get(slug, ())
    return tuple(one for one in found if one.endpoint_id == endpoint.pk)


def as_candidate(endpoint: Endpoint, slug: str) -> Candidate:
    """As it would be through an account nothing was agreed on with."""
    name = endpoint.provider.fact("name")
    account = Connection(provider=endpoint.provider, name=name, base_url=NOWHERE)
    return candidate_for(endpoint, account, "", asked_as=slug)


def replaces(rival: Candidate, now: Candidate, used: Used) -> bool:
    """Whether it could have answered the calls that this one did."""
    return (
        rival.endpoint_id != now.endpoint_id
        and rival.abilities >= now.abilities & NEEDED
        and rival.reads >= now.reads
        and rival.writes_text
        and (rival.context_length is None or rival.context_length >= used.longest)
    )


def differences(rival: Rival, now: Candidate, used: Used) -> list[str]:
    """What is not the same there besides the price, in words."""
    one, found = rival.candidate, []
    if one.quantization != now.quantization:
        found.append(_precision(one.quantization, now.quantization))
    if one.context_length and now.context_length and one.context_length < now.context_length:
        found.append(
            f"It reads and writes {one.context_length:,} tokens at once, not "
            f"{now.context_length:,}; the longest of these calls had {used.longest:,}."
        )
    most, usual = one.max_completion_tokens, now.max_completion_tokens
    if most and usual and most < usual:
        found.append(f"Its longest answer has {most:,} tokens, not {usual:,}.")
    if now.keeps_nothing and not one.keeps_nothing:
        found.append("It keeps what it is sent, or nobody says that it does not.")
    if not now.may_train and one.may_train:
        found.append("It may learn from what it is sent.")
    if now.stops_on_cancel == "yes" and one.stops_on_cancel != "yes":
        found.append("An answer that somebody stops may be billed to its end there.")
    if rival.hands_on:
        found.append(
            "It hands calls on to others and chooses among them; the price is the one it lists, "
            "and the house tells it to charge no more."
        )
    return found


def _precision(there: str, here: str) -> str:
    if there == "unknown":
        return f"At which precision it runs there is not known; here it is {here}."
    if here == "unknown":
        return f"It runs at {there} there; at which precision here is not known."
    return f"It runs at {there} there, not {here}, so answers may differ."


def _is_to_be_had(endpoint: Endpoint, today: date) -> bool:
    """Of a company that anybody may have an account with."""
    is_company = endpoint.provider.slug not in (Provider.CUSTOM, Provider.DEMO)
    is_lasting = not endpoint.fact("is_deprecated") and not has_ended(endpoint, today)
    return is_company and is_lasting and endpoint.is_public
