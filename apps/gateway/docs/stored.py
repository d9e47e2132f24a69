"""What the house writes down, table by table and column by column. A test compares this with the
models: who adds a column says here what it holds."""

from typing import NamedTuple


class Row(NamedTuple):
    """Columns that belong together, in words."""

    columns: str
    words: str

    @property
    def names(self) -> list[str]:
        return self.columns.split()


class Table(NamedTuple):
    name: str  # app.Model
    title: str
    words: str
    until: str
    rows: list[Row]


AS_LONG = "As many months as the household’s settings say; then it is removed within a day or two."

CALLS = [
    Table(
        "usage.Generation",
        "The receipt of a call",
        "One row for each call of an app and each answer in the chat. No word of a prompt or an "
        "answer is in it.",
        AS_LONG,
        [
            Row("id created_at closed_at", "Its number, and when it began and ended."),
            Row("state status error_type", "Whether it runs, is done, or was refused, and why."),
            Row("project_id key_id user_id", "Which project, which key, and whose key it is."),
            Row("app", "What identifies the app: its address (HTTP-Referer), else its name."),
            Row(
                "requested_model model", "The model that was asked for, and the one that answered."
            ),
            Row("endpoint_id provider", "Who ran it."),
            Row(
                "is_streamed was_cancelled", "Whether it came in pieces, and whether the app left."
            ),
            Row(
                "prompt_tokens completion_tokens reasoning_tokens cached_tokens cache_write_tokens",
                "How many tokens went in, came out, were thought, or came from a cache.",
            ),
            Row("cost_usd is_estimated", "What it cost, and whether that had to be estimated."),
            Row(
                "hold_usd prompt_estimate_usd checkpoint_usd window_ids bills_whole",
                "What was held for it, in which budgets, and what it is charged if the house fails "
                "in the middle.",
            ),
            Row(
                "finish_reason native_finish_reason",
                "Why the answer ended: done, too long, a tool.",
            ),
            Row("latency_ms duration_ms", "How long until the first word, and until the last."),
            Row("process_id", "Which process of the house served it."),
        ],
    ),
    Table(
        "usage.GenerationDetail",
        "The long part of a receipt",
        "Why this provider and not another.",
        AS_LONG,
        [
            Row("generation_id", "Which receipt it belongs to."),
            Row(
                "details",
                "Providers that were asked, with status, time and cost; those that were passed "
                "over, with the rule; the prices used and of which day they are; what each budget "
                "had left; how often each guardrail hit; how long the call waited; the provider’s "
                "own number for the call.",
            ),
        ],
    ),
    Table(
        "usage.UsageQuarter",
        "Sums of a quarter of an hour",
        "The pages about spending are added up from these.",
        "For as long as the house stands.",
        [
            Row("id starts_at", "Which quarter of which hour."),
            Row("project_id key_id user_id app", "Whose calls."),
            Row("model endpoint_id", "Of which model, run where."),
            Row("requests cost_usd", "How many, and what they cost."),
            Row("prompt_tokens completion_tokens reasoning_tokens cached_tokens", "Tokens."),
        ],
    ),
    Table(
        "usage.App",
        "An app that called",
        "What apps say of themselves in the headers of their calls.",
        "For as long as the house stands.",
        [
            Row("id slug first_seen_at", "Its number, its page, and when it first called."),
            Row("identity", "What identifies it: its address (HTTP-Referer), else its name."),
            Row("name categories", "The name it told last, and what it says it is for."),
        ],
    ),
    Table(
        "usage.UsageDay",
        "Sums of a day",
        "The same for whole days, in UTC and in the household’s time zone, so that long spans are "
        "added up quickly.",
        "For as long as the house stands; those of a time zone until the household leaves it.",
        [
            Row("id zone day", "Which day, of which time zone."),
            Row("project_id key_id user_id app", "Whose calls."),
            Row("model endpoint_id", "Of which model, run where."),
            Row("requests cost_usd", "How many, and what they cost."),
            Row("prompt_tokens completion_tokens reasoning_tokens cached_tokens", "Tokens."),
        ],
    ),
    Table(
        "usage.UsageDayMark",
        "Up to where days are added up",
        "One row for each of those time zones.",
        "For as long as the household is in that zone.",
        [Row("id zone through", "The last day that is added up.")],
    ),
    Table(
        "usage.ReceiptMark",
        "Since when receipts are kept",
        "One row, once the first were removed.",
        "For as long as the house stands.",
        [Row("id kept_since", "Older ones may be gone.")],
    ),
    Table(
        "usage.EndpointHealth",
        "How well an endpoint answered",
        "Counts of five minutes, of all calls together: nobody’s, and of no text.",
        "35 days.",
        [
            Row("id starts_at endpoint_id connection_id", "Which five minutes, and where."),
            Row(
                "calls limited errors",
                "How many calls it answered or failed, how, and how many it put off.",
            ),
            Row("latency throughput", "How many answers came how soon, and how fast."),
        ],
    ),
    Table(
        "usage.HealthMark",
        "Up to where that is counted",
        "One row.",
        "For as long as the house stands.",
        [Row("id closed_at generation_id", "The last receipt that was counted.")],
    ),
]

CHATS = [
    Table(
        "chat.Conversation",
        "A chat",
        "Of the chat page only; an app keeps its own. Each chat is locked with a key of its own, "
        "and only the person who began it can open it here: no admin page shows it.",
        "Until its owner deletes it. With it goes its key, so that nobody can read it again.",
        [
            Row("id owner project created_at updated_at", "Whose, in which project, and when."),
            Row("locked_key", "The chat’s key, itself locked with the house’s."),
            Row("locked_title locked_instructions", "Title and instructions, encrypted."),
            Row("locked_vault", "The private values that were taken out of it, encrypted."),
            Row("temperature", "How freely the model may answer, if it was set."),
        ],
    ),
    Table(
        "chat.Message",
        "A message of a chat",
        "A chat of a project that keeps nothing is never here: it lives in its page.",
        "As long as its chat.",
        [
            Row("id conversation parent role state created_at", "Its place in the chat, and when."),
            Row("locked_content locked_problem", "What was said, or went wrong, encrypted."),
            Row("model generation_id", "Which model answered, and the receipt."),
            Row("tokens_applied offers", "Where a budget had no room: the length, what would fit."),
            Row("once", "A fingerprint of the sent form, so that a double click is one message."),
        ],
    ),
    Table(
        "chat.Attachment",
        "A picture or file in a chat",
        "It goes with the message to the provider that answers.",
        "As long as its chat.",
        [
            Row("id message media_type size", "To which message it belongs, its kind, its size."),
            Row("locked_name locked_content", "Its name and what is in it, encrypted."),
        ],
    ),
]

PEOPLE = [
    Table(
        "keys.ApiKey",
        "An API key",
        "Not the key itself: it is shown once and kept nowhere.",
        "A deleted key stays as a name for its receipts.",
        [
            Row("id project owner name app_name", "Whose it is, and what for."),
            Row("is_front_end", "Whether its app may say which member asks."),
            Row("digest prefix last_four", "A fingerprint to know it by, and its two ends."),
            Row(
                "old_digest old_last_four old_ends_at",
                "The same of the key it replaced, for as long as both work.",
            ),
            Row("created_at expires_at disabled_at revoked_at", "When it was made, ends, ended."),
            Row("frozen_at frozen_by", "Whether it is frozen, since when, and by whom."),
            Row("form_id", "A number of the form that made it, so that a double click is one key."),
            Row(
                "allowed_models requests_per_minute max_in_flight budgets fit_always "
                "policy_version guardrail",
                "What it may do, and how often that was changed.",
            ),
        ],
    ),
    Table(
        "accounts.User",
        "A person",
        "Passwords are kept as Argon2 hashes, which cannot be turned back.",
        "As long as the person has an account.",
        [
            Row("id public_id email username name", "Who it is."),
            Row("password", "A hash of the password."),
            Row("role is_active created_at last_login", "What they may do, and since when."),
            Row("theme zone", "How they like the pages."),
        ],
    ),
    Table(
        "sessions.Session",
        "A sign-in",
        "What the house remembers of a browser between two pages.",
        "Until you sign out. One that was left open is worth nothing after two weeks.",
        [
            Row("session_key expire_date", "Its number, as in the cookie, and when it ends."),
            Row(
                "session_data",
                "Who is signed in, the project they work in, and a sentence for the next page, "
                "such as “Saved”. A provider’s new key that failed its test waits here, encrypted, "
                "until its owner decides; after a quarter of an hour it cannot be saved any more.",
            ),
        ],
    ),
    Table(
        "accounts.Notice",
        "A notice",
        "What the house told one person, such as that somebody changed a key of theirs.",
        "As long as the person has an account.",
        [
            Row("id user", "Whom it was told."),
            Row("text link created_at read_at", "What, when, and whether it was read."),
            Row("mail_at mail_tries", "Where it goes out by mail: when it is tried next."),
        ],
    ),
    Table(
        "budgets.AlertWebhook",
        "A project’s webhook",
        "The address of a program that is told when budgets run low.",
        "For as long as the project stands. Its secret goes when it is removed.",
        [
            Row("id project url form_id", "Whose, and where it leads."),
            Row("secret", "What messages are signed with, encrypted."),
            Row("created_at disabled_at", "When it was set up, and removed."),
        ],
    ),
    Table(
        "budgets.WebhookDelivery",
        "A message to a webhook",
        "Names the project and the budget, and no person.",
        "As long as its webhook.",
        [
            Row("id webhook payload created_at", "What it says, and since when."),
            Row(
                "attempts next_at delivered_at last_error",
                "How often it was tried, when next, when it was taken, or a word for why not.",
            ),
        ],
    ),
    Table(
        "guardrails.Guardrail",
        "A guardrail",
        "Where calls of the household, a project, a member or a key may go.",
        "As long as whom it covers.",
        [
            Row("id covers project membership", "Whom it covers."),
            Row("zero_retention no_training media only_free only_at_home scrubs", "Its switches."),
            Row(
                "allowed_models denied_models allowed_providers denied_providers",
                "Which models and providers may be used.",
            ),
            Row("max_prompt_price max_completion_price", "What a million tokens may cost."),
        ],
    ),
    Table(
        "guardrails.ScrubRule",
        "A rule of scrubbing",
        "Your own words, patterns and examples are kept encrypted.",
        "Until it is removed, or its guardrail is.",
        [
            Row("id guardrail name kind detector created_at", "What it looks for, and since when."),
            Row("action scope", "What it does, and in which texts."),
            Row("locked", "Words, or a pattern with its examples, encrypted."),
        ],
    ),
    Table(
        "guardrails.GuardrailChange",
        "A change of a guardrail",
        "Who changed what. No word of a private list.",
        "As long as the guardrail.",
        [Row("id guardrail at actor lines", "Which, when, who, and what in a sentence.")],
    ),
    Table(
        "guardrails.RuleHits",
        "How often a rule hit",
        "A number for each day, never a text.",
        "As long as the project.",
        [Row("id project rule action day count", "Which rule of which project, and how often.")],
    ),
    Table(
        "catalog.FreeAcceptance",
        "What somebody accepted of free models",
        "That they have read what a provider may do with what its free models are sent.",
        "As long as the person is in the house.",
        [
            Row("id user provider", "Who, and of which provider."),
            Row("digest accepted_at", "A fingerprint of what was read, and when."),
        ],
    ),
    Table(
        "gateway.DismissedHint",
        "A savings hint that somebody put away",
        "That they do not want to see it, until it says something else.",
        "As long as the person is in the house.",
        [Row("id user digest at", "Who, a fingerprint of what it said, and when.")],
    ),
    Table(
        "connections.FreeCalls",
        "How many free calls were made",
        "Numbers for each day of an account at a provider; nothing of whose calls they were.",
        "As long as the connection.",
        [
            Row("id connection day_starts_at used", "Of which account, on which day, how many."),
            Row("minute_at minute_used", "How many in the last minute that had any."),
        ],
    ),
    Table(
        "accounts.AuditEntry",
        "What somebody changed",
        "Keys made and deleted, connections and settings changed. Never a secret value.",
        "For as long as the house stands.",
        [
            Row("id at actor verb subject details", "Who did what to what, and when."),
            Row("address", "From which network address, where that matters."),
        ],
    ),
]

COOKIES = [
    Row(
        "gatehouse",
        "The number of your sign-in. Up to two weeks, gone at sign-out. Only this house reads it.",
    ),
    Row("gatehouse_csrf", "Proves that a form was sent from a page of this house. A year."),
    Row("gatehouse_theme", "Light or dark. A year, and only if you chose."),
]

TABLES = [*CALLS, *CHATS, *PEOPLE]
