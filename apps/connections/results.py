"""What the last test of a connection found, as a sentence made from what is stored of it."""

from dataclasses import dataclass

from apps.catalog.models import Provider
from apps.connections.models import Connection
from apps.connections.probe import SENTENCES
from apps.core.outbound import OutboundRefused, Target

# These sentences need what only the moment of the test knew.
LATER = {
    "server_error": "{name} had trouble of its own; test again.",
    "outbound_refused": "The house does not call this address; test again to see why.",
    "locked": "The stored key does not open with the house’s secrets; enter it again.",
}
NO_KEY = "{name} has no key any more, so no call goes there. Enter one from your account there."
WANTS_KEY = {"unauthorized", "keyless", "locked"}
KEYLESS_PROVIDERS = {Provider.CUSTOM, Provider.DEMO}
PASSING = {"rate_limited", "timeout", "server_error"}


@dataclass(frozen=True)
class LastResult:
    """`state` is the look of the dot beside the sentence: empty for well, `slow`, `down`.
    `wants_key` is where a key would help."""

    state: str
    sentence: str
    wants_key: bool = False


def last_result(connection: Connection) -> LastResult:
    """Before the test's own outcome: a key that is gone, or that the house can open no more."""
    if connection.is_built_in:
        return LastResult("", SENTENCES["built_in"])
    code = "locked" if not connection.key_opens else connection.test_code
    if not connection.credential and connection.provider.slug not in KEYLESS_PROVIDERS:
        return LastResult("down", NO_KEY.format(name=connection.name), wants_key=True)
    if code not in SENTENCES:
        return LastResult("slow", "Not tested yet.")
    count = len(connection.reported_models)
    facts = {"name": connection.name, "count": "1 model" if count == 1 else f"{count} models"}
    sentence = LATER.get(code, SENTENCES[code]).format(**facts, **_place(connection))
    return LastResult(_state(code), sentence, wants_key=code in WANTS_KEY)


def _state(code: str) -> str:
    if code == "ok":
        return ""
    return "slow" if code in PASSING else "down"


def _place(connection: Connection) -> dict[str, object]:
    try:
        target = Target.from_url(connection.base_url)
    except OutboundRefused:
        return {"host": connection.base_url, "port": "", "path": ""}
    return {"host": target.host, "port": target.port, "path": f"{target.path}/models"}
