"""Every refusal of the gateway: HTTP status, stable error_type, and a sentence for people."""

from typing import Any


class Refusal(Exception):
    """A call that will not be (further) served. `metadata` must be JSON-ready and hold no secret
    and no text of a prompt. `advice` is for programs; a page offers the same as buttons."""

    def __init__(
        self,
        status: int,
        error_type: str,
        message: str,
        *,
        metadata: dict[str, Any] | None = None,
        availability: dict[str, Any] | None = None,
        retry_after: int | None = None,
        advice: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type
        self.message = message
        self.metadata = metadata or {}
        self.availability = availability
        self.retry_after = retry_after
        self.advice = advice

    def as_error(self) -> dict[str, Any]:
        """The `error` object in OpenRouter's shape."""
        metadata = {**self.metadata, "error_type": self.error_type}
        error: dict[str, Any] = {
            "code": self.status,
            "message": f"{self.message} {self.advice}".strip(),
            "metadata": metadata,
        }
        if self.availability:
            error["availability"] = self.availability
        return error


def invalid(message: str, **metadata: Any) -> Refusal:
    return Refusal(400, "invalid_request", message, metadata=metadata)


def unauthenticated(message: str) -> Refusal:
    return Refusal(401, "authentication", message)


def too_large(message: str) -> Refusal:
    return Refusal(413, "payload_too_large", message)


def unknown_model(slug: str, close: list[str]) -> Refusal:
    hint = f" Did you mean {close[0]}?" if close else ""
    return Refusal(
        400,
        "invalid_request",
        f"{slug} is not a model of this house.{hint} GET /api/v1/models lists them.",
        availability={
            "code": "model_not_found",
            "retryable": False,
            "requested_models": [slug],
            "fallback_models": close,
        },
    )


def not_connected(slug: str, providers: list[str]) -> Refusal:
    names = ", ".join(providers[:5])
    return Refusal(
        404,
        "not_found",
        f"No connected provider runs {slug}. Connect one of these first: {names}."
        if names
        else f"No connected provider runs {slug}.",
        availability={"code": "no_endpoints", "retryable": False, "requested_models": [slug]},
    )


def nothing_free(slug: str) -> Refusal:
    return Refusal(
        404,
        "not_found",
        f"{slug} has nothing to choose from: no provider is connected whose models it could take.",
        availability={"code": "no_endpoints", "retryable": False, "requested_models": [slug]},
    )


def free_variant_ended(slug: str, twin: str, others: list[str]) -> Refusal:
    """`twin` is the same model for money, empty where it is not to be had either."""
    told = [f"{twin} is the same model, for money"] if twin else []
    told += [f"{others[0]} is another free one"] if others else []
    instead = f" {' and '.join(told)}." if told else ""
    return Refusal(
        404,
        "not_found",
        f"{slug} is not offered for free any more.{instead} GET /api/v1/models lists all.",
        availability={
            "code": "free_variant_ended",
            "retryable": False,
            "requested_models": [slug],
            "fallback_models": [*([twin] if twin else []), *others],
        },
    )


def filtered(slug: str, code: str, excluded_by: list[str], message: str) -> Refusal:
    return Refusal(
        404,
        "not_found",
        message,
        availability={
            "code": code,
            "retryable": False,
            "requested_models": [slug],
            "excluded_by": excluded_by,
        },
    )


FROZEN = {
    "key": "This API key was frozen, so no call runs with it. An admin can thaw it.",
    "member": "The calls of this person in this project were frozen, so none of them runs. "
    "An admin can thaw them.",
    "project": "This project was frozen, so no call runs in it. An admin can thaw it.",
}


def frozen(what: str) -> Refusal:
    """By a person's hand, now: calls that run end with it, and no other is let in."""
    return Refusal(403, "frozen", FROZEN[what], metadata={"frozen": what})


def blocked(rule: str, *, too_many: bool = False) -> Refusal:
    """A text that may not leave the house: nothing of it did. `too_many`: more in it looks like
    what the rule is about than can be told apart at once."""
    help_yourself = (
        "More in it looks like what the rule is about than can be checked at once: send it in "
        "smaller parts"
        if too_many
        else "Take out what the rule is about"
    )
    return Refusal(
        403,
        "permission_denied",
        f"This message was not sent: the rule “{rule}” of your guardrails stops it. "
        f"{help_yourself}, or ask whoever looks after the project.",
        metadata={"rule": rule},
    )


def busy(message: str) -> Refusal:
    return Refusal(
        503,
        "provider_overloaded",
        message,
        metadata={"reason": "budget_busy"},
        retry_after=1,
    )
