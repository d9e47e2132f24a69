"""What the house itself saw of a model, an endpoint, a provider or a connection: how often it
answered, how soon, how fast. The numbers are made above; here are their shape and their words."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from apps.routing.speed import Spread

FEW = 20  # calls; of fewer the counts are told, since shares would sound surer than they are
SHAKY, TROUBLED = 0.05, 0.2  # of the calls that failed
FAILURES = 3  # fewer are chance, unless nothing else was seen
HALF_HOUR, DAY = "the last half hour", "the last day"
SLOWER, SECONDS = 2.0, 1.0  # than over the day, by both
KINDS = {
    "server_error": "met an error of the provider’s own",
    "timeout": "had no answer in time",
    "unreachable": "did not reach it",
    "connection_lost": "broke off in the middle",
    "nonsense": "got something that is no answer",
    "account": "were turned away with the house’s account",
    "missing": "asked for a model it does not know",
    "other": "failed otherwise",
}


# Codes of apps/connections/probe.py → a dot, and what is said of it.
SILENT, TURNED_AWAY = "Does not answer", ("down", "Turns the house’s account away")
PROBES = {
    "ok": ("ok", "Answers"),
    "no_models": ("slow", "Answers, and has no model to offer"),
    "rate_limited": ("slow", "Answers, and limits requests"),
    "unauthorized": TURNED_AWAY,
    "keyless": TURNED_AWAY,
    "forbidden": TURNED_AWAY,
    "server_error": ("down", "Has trouble of its own"),
}


class Tried(NamedTuple):
    """Calls that were answered or failed, and those of them that failed."""

    calls: int = 0
    failed: int = 0

    @property
    def share(self) -> float:
        return self.failed / self.calls if self.calls else 0.0

    @property
    def is_bad(self) -> bool:
        return self.failed >= FAILURES and self.failed * 2 >= self.calls


class Probe(NamedTuple):
    """The last time it was asked for its list of models, by itself. `code` is that of a test."""

    code: str
    asked_at: datetime

    @property
    def dot(self) -> str:
        return PROBES.get(self.code, ("down", ""))[0]

    @property
    def words(self) -> str:
        minutes = max(0, round((timezone.now() - self.asked_at).total_seconds() / 60))
        ago = "a moment ago" if minutes < 1 else f"{minutes} minute{'s' * (minutes > 1)} ago"
        return f"{PROBES.get(self.code, ('', SILENT))[1]}, asked {ago}"


class Measured(NamedTuple):
    """Uptimes are shares of one, None where nobody asked; who was told to wait (429), left, or
    sent what no model takes is not counted. `latency` is milliseconds to the first token and
    `throughput` tokens a second, of streamed answers: of the last half hour where there are some,
    else of the day. `calls` and `errors` (by kind) are the day's."""

    uptime_5m: float | None = None
    uptime_30m: float | None = None
    uptime_1d: float | None = None
    latency: Spread | None = None
    throughput: Spread | None = None
    calls: int = 0
    errors: Mapping[str, int] = {}
    limited: int = 0
    last_5m: Tried = Tried()
    last_30m: Tried = Tried()
    latency_30m: Spread | None = None
    throughput_30m: Spread | None = None
    usual_latency: float | None = None
    probe: Probe | None = None

    @property
    def last_day(self) -> Tried:
        return Tried(self.calls, sum(self.errors.values()))

    @property
    def is_in_trouble(self) -> bool:
        calls, failed = self.last_30m
        return failed == calls > 1 or (failed >= FAILURES and self.last_30m.share >= TROUBLED)

    @property
    def is_slow(self) -> bool:
        if self.latency_30m is None or self.usual_latency is None:
            return False
        now, usual = self.latency_30m.p50, self.usual_latency
        return now >= SLOWER * usual and now - usual >= SECONDS * 1000

    @property
    def dot(self) -> str:
        """The look of .state; the words beside it say the same."""
        return self._told[0]

    @property
    def words(self) -> str:
        return self._told[1]

    @property
    def _told(self) -> tuple[str, str]:
        recent, day = self.last_30m, self.last_day
        if self.is_in_trouble:
            return "down", f"In trouble: {_failed(recent, HALF_HOUR)}"
        if not day.calls:
            return self._unused
        if recent.share >= SHAKY:
            return "slow", _failed(recent, HALF_HOUR)
        if self.is_slow and self.latency_30m and self.usual_latency:
            now, usual = seconds(self.latency_30m.p50), seconds(self.usual_latency)
            return "slow", f"Slower than usual: begins after {now} instead of {usual}"
        if day.share >= SHAKY:
            return "slow", _failed(day, DAY)
        if day.calls < FEW and not day.failed:
            return "ok", f"Answered {_all(day.calls)} of the last day"
        return "ok", "Answers well"

    @property
    def _unused(self) -> tuple[str, str]:
        if self.limited:
            times = "once" if self.limited == 1 else f"{self.limited} times"
            return "slow", f"Limits requests: put off {times} in the last day"
        if self.probe is not None:
            return self.probe.dot, self.probe.words
        return "none", "Not used lately"

    @property
    def shown_uptime(self) -> str:
        """Of the day."""
        day = self.last_day
        if not day.calls:
            return ""
        if day.calls < FEW:
            return f"{day.calls - day.failed} of {day.calls}"
        return _percent(1 - day.share)

    @property
    def shown_latency(self) -> str:
        return seconds(self.latency.p50) if self.latency else ""

    @property
    def shown_throughput(self) -> str:
        return f"{self.throughput.p50:.0f}/s" if self.throughput else ""

    @property
    def troubles(self) -> list[str]:
        """What calls met in the last day, the most frequent first: `3 did not answer in time`."""
        found = sorted(self.errors.items(), key=lambda pair: -pair[1])
        return [f"{count} {KINDS.get(kind, KINDS['other'])}" for kind, count in found]


def seconds(milliseconds: float) -> str:
    told = milliseconds / 1000
    if told < 0.05:
        return "under 0.1 s"
    return f"{told:.1f} s" if told < 10 else f"{told:.0f} s"


def _failed(tried: Tried, span: str) -> str:
    if tried.calls == 1:
        return f"1 call in {span}, which failed"
    return f"{tried.failed} of {tried.calls} calls failed in {span}"


def _all(calls: int) -> str:
    return "the one call" if calls == 1 else f"all {calls} calls"


def _percent(share: float) -> str:
    """Never 100 % where one failed."""
    return f"{min(share, 0.999) * 100:.1f} %" if share < 1 else "100 %"
