"""What leaves the house of a call: its text with every rule applied, and what only this call knows,
which value stands behind which placeholder. Nothing of it is written down but how often a rule hit.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from apps.gateway.snapshot import Caller
from apps.routing.errors import blocked
from apps.routing.redaction.private import Private
from apps.routing.redaction.rules import Action
from apps.routing.redaction.scrub import Blocked, Hit, scrub
from apps.routing.types import Call

if TYPE_CHECKING:
    from apps.gateway.house import House

LARGE = 32 * 1024  # bytes; a larger text is read by a thread, a few at once
NOTHING = Private()


class Scrubbed(NamedTuple):
    """`took_ms` is None where no rule was asked."""

    call: Call
    private: Private = NOTHING
    hits: tuple[Hit, ...] = ()
    took_ms: int | None = None


class Conversation(NamedTuple):
    """What a call is part of. Within one that has a name, a value keeps its placeholder; `known`
    are placeholders that stand in earlier answers, and what they stand for."""

    name: str = ""
    known: Mapping[str, str] = MappingProxyType({})


NO_CONVERSATION = Conversation()


async def scrubbed(
    house: "House", caller: Caller, call: Call, *, conversation: Conversation, moment: datetime
) -> Scrubbed:
    """Raises Refusal (403) where a rule stops the call, or cannot tell."""
    key = house.secrets.digest(_scope(caller, conversation.name, moment))
    began_at = time.monotonic()
    work = partial(scrub, call.document, caller.policy.scrubbing, key, known=conversation.known)
    try:
        if len(call.document.text) <= LARGE:
            found = work()
        else:
            async with house.large_bodies:
                found = await asyncio.to_thread(work)
    except Blocked as problem:
        house.hits.note(caller.project_id, [Hit(problem.rule, Action.BLOCK, 1)])
        raise blocked(problem.rule, too_many=problem.too_many) from None
    took_ms = round((time.monotonic() - began_at) * 1000)
    return Scrubbed(replace(call, document=found.document), found.private, found.hits, took_ms)


def _scope(caller: Caller, conversation: str, moment: datetime) -> str:
    """Within it a value has one placeholder. A conversation that names itself keeps its own for as
    long as it goes on; without a name what a key says can be linked for a month."""
    part = f"conversation {conversation}" if conversation else f"month {moment:%Y-%m}"
    return f"scrub project {caller.project_id} key {caller.key_id} {part}"
