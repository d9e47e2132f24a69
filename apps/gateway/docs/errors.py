"""Every error the API can answer with: what it means, and what to do."""

from typing import NamedTuple


class Problem(NamedTuple):
    status: int
    error_type: str
    means: str
    do: str


class Word(NamedTuple):
    """One word that stands beside an error and says which kind it is."""

    word: str
    means: str


YOURS = "In what was sent"
HOUSE = "In this house"
PROVIDER = "At the provider"

PROBLEMS: dict[str, list[Problem]] = {
    YOURS: [
        Problem(
            400,
            "invalid_request",
            "Something in the request cannot be read, is not accepted, or names a model that does "
            "not exist. The message names the field.",
            "Change that field. Sending the same again gives the same answer.",
        ),
        Problem(
            400,
            "context_length_exceeded",
            "The conversation is longer than the model can read at once.",
            "Send fewer or shorter messages, or choose a model with a longer context.",
        ),
        Problem(
            401,
            "authentication",
            "No API key was sent, or this one does not work: mistyped, switched off, expired, or "
            "its owner has left.",
            "Look at the key under API keys, or make a new one.",
        ),
        Problem(
            404,
            "not_found",
            "The address does not exist, no provider of this house runs the model, the rules of "
            "the project leave none of them, or an id is of none of the key’s own calls. The "
            "message says which.",
            "Choose another model from GET /models with your key: it lists what the key may use.",
        ),
        Problem(
            405,
            "invalid_request",
            "The address exists, but not for this method.",
            "Use POST for calls and questions, and GET for everything else that is read.",
        ),
        Problem(
            408,
            "timeout",
            "The request did not arrive whole within a minute, or what it asks of spending would "
            "take the house more than five seconds.",
            "Send it again, from a better line if there is one; or ask for a shorter time.",
        ),
        Problem(
            413,
            "payload_too_large",
            "The request is larger than 20 MB, or a question about spending larger than 64 KB.",
            "Send smaller pictures or files, or fewer of them.",
        ),
        Problem(
            415,
            "invalid_request",
            "The body was sent compressed.",
            "Send plain JSON.",
        ),
    ],
    HOUSE: [
        Problem(
            402,
            "payment_required",
            "The dearest this call could become does not fit into what is left of a budget. "
            "Nothing was sent to a provider.",
            "Ask for a shorter answer (max_tokens), choose a cheaper model, or wait for the budget "
            "to start again.",
        ),
        Problem(
            403,
            "permission_denied",
            "A rule of a guardrail stopped the message, or could not tell; error.metadata.rule "
            "names it. Or only free models could answer that may learn from what they are sent, "
            "and the key’s owner has not accepted that: error.metadata.accept_at is the page. "
            "Or a trusted front end asked for somebody who may make no calls in the project. "
            "Nothing was sent to a provider.",
            "Take out what the rule is about, or ask whoever looks after the project, who can "
            "also add people to it; or open the page and accept.",
        ),
        Problem(
            403,
            "frozen",
            "Somebody froze the key, the project, or what its owner does in it. The message and "
            "error.metadata.frozen say which. A call that was running ended with it; what had "
            "come by then is charged, or all of it where the provider bills that.",
            "The key itself is in order: keep it. Ask an admin to thaw what is frozen.",
        ),
        Problem(
            429,
            "rate_limit_exceeded",
            "This key has a limit of its own, of calls a minute or of calls at once, and has "
            "reached it; or the house’s account at a provider has no free call left. Nothing was "
            "sent to a provider.",
            "Wait as long as Retry-After says, ask for a higher limit of the key, or use a model "
            "that is paid.",
        ),
        Problem(
            500,
            "server",
            "The house made a mistake. It is written to its log, without what was said.",
            "Try once more. If it stays, tell who looks after the house, with the generation id.",
        ),
        Problem(
            503,
            "provider_overloaded",
            "The house could not note the call in time, so it did not send it.",
            "Wait as long as Retry-After says, and send it again.",
        ),
        Problem(
            503,
            "server",
            "The house was stopped while the call was running.",
            "Send it again in a moment.",
        ),
    ],
    PROVIDER: [
        Problem(
            400,
            "invalid_request",
            "The provider refused the request; its own words follow. The same comes as 404, 413 or "
            "422 where the provider said so.",
            "Change what it names, or choose another model.",
        ),
        Problem(
            429,
            "rate_limit_exceeded",
            "The provider takes no more calls just now, and no other one was left to ask.",
            "Wait as long as Retry-After says, and send it again.",
        ),
        Problem(
            502,
            "provider_unavailable",
            "The provider could not be reached, failed, refused the house’s account, or broke off "
            "in the middle.",
            "Try again, or name a second model in “models”. If the message speaks of the account, "
            "tell who looks after the house.",
        ),
        Problem(
            503,
            "provider_unavailable",
            "No provider is left to try.",
            "Try again in a moment, or choose another model.",
        ),
        Problem(
            504,
            "timeout",
            "The provider did not answer in time.",
            "Try again, or choose a faster model. What it may have cost stands on the receipt.",
        ),
    ],
}
# A provider's own refusal keeps one of these statuses; each may be about the length.
PASSED_ON = (400, 404, 413, 422)

REASONS = [
    Word("model_not_found", "No model has this name. The closest ones are listed beside it."),
    Word("no_endpoints", "The model is known, but no connected provider runs it."),
    Word("privacy_restricted", "Only providers that keep or learn from what they are sent run it."),
    Word(
        "constraint_filtered", "Another rule of the project or of the call closed every provider."
    ),
    Word(
        "free_variant_ended",
        "The free model is not offered any more. fallback_models names the same for money, where "
        "there is such, and other free ones.",
    ),
    Word("free_terms", "The free model may learn from what it is sent; accept_at says where."),
    Word("free_calls_per_day", "The account has made as many free calls today as it gets."),
    Word("free_calls_per_minute", "The account has made as many free calls this minute."),
    Word("budget_busy", "The house could not hold the money in time. Nothing was spent."),
    Word("requests_per_minute", "The key began as many calls in a minute as it may."),
    Word("max_in_flight", "As many calls of the key are running as may at once."),
]
