"""The frozen facts that travel through one call: Call → Candidate → Plan → Attempt → Outcome."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.routing.pricing import Pricing, TokenUsage
from apps.routing.redaction.rules import Scrubbing
from apps.routing.splice import Document


@dataclass(frozen=True, slots=True)
class Preferences:
    """The caller's wish for this call (`provider` in the body). It can only tighten a policy."""

    order: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    allow_fallbacks: bool = True
    zdr: bool = False
    deny_training: bool = False
    require_parameters: bool = False
    quantizations: tuple[str, ...] = ()
    sort: str = ""
    max_price: dict[str, Decimal] = field(default_factory=dict)
    min_throughput: dict[str, float] = field(default_factory=dict)  # p50 … p99 → tokens a second
    max_latency: dict[str, float] = field(default_factory=dict)  # p50 … p99 → seconds


NO_WISH = Preferences()


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the client meant it, with its own bytes."""

    document: Document = field(repr=False)
    models: tuple[str, ...]
    is_streamed: bool
    cap: int | None
    n: int
    message_count: int
    tool_count: int
    has_media: bool
    priced_fields: frozenset[str]
    used_parameters: frozenset[str]
    reasoning_effort: str | None
    wish: Preferences


@dataclass(frozen=True, slots=True)
class FreeLimits:
    """How many free calls one account may make; None where nobody knows of a limit. `zone`: whose
    midnight begins a day."""

    per_minute: int | None
    per_day: int | None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One endpoint reachable through one connection. `terms` is the digest of what somebody must
    have accepted before their calls may go there, empty where nothing is to be accepted;
    `free_limits` are there where its calls are counted before they are made."""

    endpoint_id: int
    endpoint: str
    connection_id: int
    model: str
    provider: str
    provider_name: str
    upstream_id: str
    base_url: str
    head: bytes = field(repr=False)  # of each request, as http1.request_head makes it
    pricing: Pricing | None
    is_free: bool
    context_length: int | None
    largest_context_length: int | None
    max_completion_tokens: int | None
    cap_parameter: str | None
    cap_bounds_reasoning: bool | None
    stops_on_cancel: str
    abilities: frozenset[str]
    quantization: str
    is_at_home: bool  # its address may be one of the household's own network
    stays_home: bool  # what it is sent leaves the house for nobody else
    is_openrouter: bool
    keeps_nothing: bool
    may_train: bool
    reads: frozenset[str] = frozenset()  # besides text
    writes_text: bool = True
    variant: str = ""
    terms: str = ""
    free_limits: FreeLimits | None = None
    priced_by: str = ""  # who told its prices
    priced_on: str = ""  # of which day they are


@dataclass(frozen=True, slots=True)
class Policy:
    """What a project's guardrails compile to. `version` is checked again when money is held."""

    version: int = 0
    zero_retention: bool = False
    no_training: bool = False
    allowed_models: frozenset[str] = frozenset()
    denied_models: frozenset[str] = frozenset()
    allowed_providers: frozenset[str] = frozenset()
    denied_providers: frozenset[str] = frozenset()
    only_free: bool = False
    only_at_home: bool = False
    max_prompt_price: Decimal | None = None  # USD per million tokens
    max_completion_price: Decimal | None = None
    scrubbing: Scrubbing = Scrubbing()
    accepted: frozenset[str] = frozenset()  # terms of free endpoints, by digest
    restricts: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Most projects restrict nothing: one look then stands for all the rules."""
        about_others = {"version", "scrubbing", "accepted", "restricts"}
        rules = (getattr(self, name) for name in self.__slots__ if name not in about_others)
        restricts = any(rule or rule == 0 and rule is not False for rule in rules)
        object.__setattr__(self, "restricts", restricts)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A candidate that left, and the rule that dropped it (OpenRouter's `excluded_by` words)."""

    candidate: Candidate
    rule: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Why the house chose where the call named no model: what it needs, and the order."""

    router: str
    needs: tuple[str, ...]
    order: str

    def as_row(self) -> dict[str, Any]:
        return {"name": self.router, "needs": list(self.needs), "order": self.order}


@dataclass(frozen=True, slots=True)
class Plan:
    """Candidates in the order they are tried, and those that dropped out. `sort` is what the name
    that was asked for says of the order; `troubled` are the endpoints that come last since they
    failed lately."""

    candidates: tuple[Candidate, ...]
    dropped: tuple[Dropped, ...] = ()
    chosen: Chosen | None = None
    sort: str = ""
    troubled: frozenset[int] = frozenset()


@dataclass(slots=True)
class Attempt:
    """One try at one candidate, as the receipt shows it."""

    candidate: Candidate
    began_ms: int = 0  # since the first candidate was taken up
    status: int | None = None
    error: str = ""
    latency_ms: int | None = None
    cost: Decimal = Decimal(0)
    is_unsure: bool = False  # the provider may have worked, and may bill

    def as_row(self) -> dict[str, Any]:
        return {
            "provider": self.candidate.provider,
            "endpoint": self.candidate.endpoint,
            "endpoint_id": self.candidate.endpoint_id,
            "connection_id": self.candidate.connection_id,
            "model": self.candidate.model,
            "status": self.status,
            "error": self.error,
            "began_ms": self.began_ms,
            "latency_ms": self.latency_ms,
            "cost": str(self.cost),
        }


@dataclass(slots=True)
class Outcome:
    """How one call ended, or stands: the sum of its attempts."""

    attempts: list[Attempt] = field(default_factory=list)
    candidate: Candidate | None = None
    usage: TokenUsage = field(default_factory=TokenUsage)
    cost: Decimal = Decimal(0)
    is_estimated: bool = False
    was_cancelled: bool = False
    finish_reason: str = ""
    native_finish_reason: str = ""
    upstream_id: str = ""
    status: int = 200
    error_type: str = ""
    latency_ms: int | None = None
    duration_ms: int | None = None
    passed_over: list[Dropped] = field(default_factory=list)
