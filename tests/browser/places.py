"""One list of every page: where it is and who looks at it. test_places.py keeps it complete."""

from dataclasses import dataclass
from typing import Any

from tests.browser.furnishing import HOME_MODEL
from tests.browser.visiting import NOBODY

COMPARED = (
    "/compare/?m=openai/gpt-5-mini&m=anthropic/claude-sonnet-4.5"
    "&m=google/gemini-2.5-flash&m=openai/gpt-oss-120b"
)
OWNER, MEMBER, VIEWER = "owner", "member", "viewer"


@dataclass(frozen=True)
class Place:
    """`name` is also the picture's; a path may hold {facts} of the furnished house. `opened` is
    what is pressed first, for what covers the page."""

    name: str
    path: str
    who: str = OWNER
    status: int = 200
    opened: str = ""

    def address(self, facts: dict[str, Any]) -> str:
        return self.path.format(**facts)

    def __str__(self) -> str:
        return self.name


PLACES = (
    # the front
    Place("landing", "/", NOBODY),
    Place("sign-in", "/accounts/login/", NOBODY),
    Place("no-sign-up", "/accounts/signup/", NOBODY),
    Place("inactive", "/accounts/inactive/", NOBODY),
    Place("forgotten", "/accounts/forgotten/", NOBODY),
    Place("signed-out", "/accounts/signed-out/", NOBODY),
    Place("setup-taken", "/setup/a-link-that-was-used/", NOBODY),
    Place("not-found-stranger", "/nowhere/", NOBODY, 404),
    Place("models-stranger", "/models/", NOBODY),
    Place("model-stranger", "/models/openai/gpt-5-mini/", NOBODY),
    Place("compare-stranger", "/compare/?m=openai/gpt-5-mini&m=anthropic/claude-haiku-4.5", NOBODY),
    Place("providers-stranger", "/providers/", NOBODY),
    Place("provider-stranger", "/providers/openrouter/", NOBODY),
    Place("rankings-stranger", "/rankings/", NOBODY),
    # models
    Place("models", "/models/"),
    Place("models-narrowed", "/models/?q=claude&sort=pricing-low-to-high", MEMBER),
    Place("models-none", "/models/?q=nothing-is-called-this"),
    Place(
        "models-cards",
        "/models/?fmt=cards&use_case=coding&providers=openrouter,groq&max_chat_price=x",
        MEMBER,
    ),
    Place("model", "/models/anthropic/claude-sonnet-4.5/"),
    Place("model-at-home", f"/models/{HOME_MODEL}/", MEMBER),
    Place("compare", COMPARED),
    Place("compare-none", "/compare/?q=gemini", MEMBER),
    Place("compare-unknown", "/compare/?m=nobody/nothing&m=openai/gpt-5-mini"),
    Place("what-changed", "/models/changes/"),
    Place("what-changed-stranger", "/models/changes/?what=new", NOBODY),
    Place("providers", "/providers/"),
    Place("provider", "/providers/openai/"),
    Place("provider-member", "/providers/deepseek/", MEMBER),
    Place("model-hours", "/models/deepseek/deepseek-v4-flash/", MEMBER),
    # home and chat
    Place("home", "/"),
    Place("home-member", "/", MEMBER),
    Place("home-stranger", "/", "stranger"),
    Place("chat", "/chat/"),
    Place("chat-member", "/chat/", MEMBER),
    Place("chat-viewer", "/chat/", VIEWER),
    Place("chat-thread", "/chat/{chat}/"),
    Place("chat-private", "/chat/?project={private}"),
    Place("chat-pills", "/chat/{pills}/"),
    Place("chat-picker", "/chat/", MEMBER, opened="[popovertarget=picker] >> visible=true"),
    Place("chat-models", "/chat/models/?q=claude"),
    Place("side-by-side", f"/chat/side-by-side/?m=openai/gpt-5-mini&m={HOME_MODEL}"),
    Place("side-by-side-none", "/chat/side-by-side/", MEMBER),
    Place("chat-past", "/chat/past/"),
    Place("chat-search", "/chat/past/?q=dentist"),
    Place("chat-deletion", "/chat/{chat}/deletion/"),
    # search and shortcuts
    Place("search", "/search/?q=e"),
    Place("search-stranger", "/search/?q=claude", NOBODY),
    Place("search-none", "/search/?q=nothing-is-called-this", NOBODY),
    Place("notices", "/notices/"),
    Place("shortcuts", "/shortcuts/"),
    Place("shortcuts-stranger", "/shortcuts/", NOBODY),
    # keys
    Place("keys", "/keys/"),
    Place("keys-off", "/keys/?show=off"),
    Place("keys-stranger", "/keys/", "stranger"),
    Place("key-new", "/keys/new/"),
    Place("key-new-member", "/keys/new/", MEMBER),
    Place("key", "/keys/{key}/"),
    Place("key-change", "/keys/{key}/change/"),
    Place("key-freeze", "/keys/{key}/freeze/"),
    # budgets
    Place("budgets", "/budgets/"),
    Place("budgets-member", "/budgets/", MEMBER),
    Place("budgets-stranger", "/budgets/", "stranger"),
    Place("budget-choose", "/budgets/new/"),
    Place("budget-new", "/budgets/new/?covers=person"),
    Place("budget-new-keys", "/budgets/new/?covers=keys&project=home"),
    Place("budget", "/budgets/{budget}/"),
    Place("budget-member", "/budgets/{budget}/", MEMBER),
    Place("budget-change", "/budgets/{budget}/change/"),
    Place("budget-removal", "/budgets/{budget}/removal/"),
    Place("project-budgets", "/projects/homework/budgets/"),
    # guardrails
    Place("guardrails", "/projects/homework/guardrails/"),
    Place("guardrails-member", "/projects/homework/guardrails/", MEMBER),
    Place("guardrails-household", "/settings/household/guardrails/"),
    Place("guardrails-of-member", "/projects/homework/members/{member}/guardrails/"),
    Place("guardrails-of-key", "/keys/{key}/guardrails/"),
    # spending
    Place("activity", "/activity/"),
    Place("activity-month", "/activity/?period=month&by=person&show=tokens"),
    Place("activity-today", "/activity/?period=today&by=provider", MEMBER),
    Place("activity-added-up", "/activity/?period=90d&by=provider&each=week&sum=yes"),
    Place("activity-days", "/activity/?from=2026-02-30&key=0&by=app", MEMBER),
    Place("activity-stranger", "/activity/", "stranger"),
    Place("apps", "/apps/?project="),
    Place("apps-member", "/apps/?period=12m&order=people", MEMBER),
    Place("app", "/apps/unknown/?project=&period=12m"),
    Place("bill", "/activity/bill/"),
    Place("rankings", "/rankings/?period=month"),
    Place("rankings-elsewhere", "/rankings/openrouter/"),
    Place("rankings-member", "/rankings/?period=day&order=people", MEMBER),
    Place("savings", "/activity/savings/"),
    Place("report", "/activity/report/?month=2026-11"),
    Place("report-member", "/activity/report/", MEMBER),
    Place("calls", "/calls/"),
    Place("calls-viewer", "/calls/", VIEWER),
    Place("calls-narrowed", "/calls/?period=month&outcome=done&model=mini"),
    Place("call", "/calls/{call}/"),
    # projects
    Place("projects", "/projects/"),
    Place("projects-stranger", "/projects/", "stranger"),
    Place("project", "/projects/homework/"),
    Place("project-member", "/projects/homework/", MEMBER),
    Place("projects-archived", "/projects/?show=archived"),
    Place("project-new", "/projects/new/"),
    Place("project-keys", "/projects/homework/keys/"),
    Place("project-members", "/projects/homework/members/"),
    Place("project-members-member", "/projects/homework/members/", MEMBER),
    Place("project-settings", "/projects/homework/settings/"),
    Place("project-webhook", "/projects/homework/webhook/"),
    Place("project-freeze", "/projects/homework/freeze/"),
    Place("project-member-freeze", "/projects/homework/members/{member}/freeze/"),
    Place("project-frozen", "/projects/mill-lane-office/"),
    Place("project-frozen-members", "/projects/mill-lane-office/members/"),
    Place("key-frozen", "/keys/{frozen_key}/"),
    # providers
    Place("connections", "/connections/"),
    Place("connections-new", "/connections/new/"),
    Place("connections-new-narrowed", "/connections/new/?q=open"),
    Place("connection-openai", "/connections/new/openai/"),
    Place("connection-custom", "/connections/new/custom/"),
    Place("connection", "/connections/{connection}/"),
    Place("own-models", "/connections/models/"),
    Place("own-models-none", "/connections/models/?q=nothing-is-called-this"),
    Place("own-model-place", "/connections/models/new/"),
    Place("own-model-new", "/connections/{connection}/models/new/"),
    Place("own-model", "/connections/models/{own_model}/"),
    Place("own-model-removal", "/connections/models/{own_model}/removal/"),
    Place("endpoint-facts", "/connections/models/{endpoint}/"),
    Place("model-facts", "/connections/models/facts/{catalogue_model}/"),
    Place("free-terms", "/free/openrouter/", MEMBER),
    # oneself and the house
    Place("settings", "/settings/"),
    Place("settings-member", "/settings/", MEMBER),
    Place("household", "/settings/household/"),
    Place("catalogue", "/settings/catalogue/"),
    Place("sign-out", "/accounts/logout/", VIEWER),
    Place("not-found", "/nowhere/", status=404),
    # setting up
    Place("setup-household", "/welcome/household/"),
    Place("setup-provider", "/welcome/provider/"),
    Place("setup-provider-all", "/welcome/provider/?show=all"),
    Place("setup-openai", "/welcome/provider/openai/"),
    Place("setup-custom", "/welcome/provider/custom/"),
    Place("setup-key", "/welcome/key/"),
    Place("setup-resume", "/welcome/"),
    Place("setup-done", "/welcome/done/"),
    # help
    Place("help-stranger", "/docs/", NOBODY),
    Place("help", "/docs/", MEMBER),
    Place("help-apps", "/docs/quickstart/librechat/"),
    Place("help-apps-stranger", "/docs/quickstart/curl/", NOBODY),
    Place("help-keys", "/docs/keys/", MEMBER),
    Place("help-budgets", "/docs/budgets/", MEMBER),
    Place("help-guardrails", "/docs/guardrails/", MEMBER),
    Place("help-models", "/docs/models/"),
    Place("help-streaming", "/docs/streaming/"),
    Place("help-fields", "/docs/fields/"),
    Place("help-errors", "/docs/errors/", NOBODY),
    Place("help-routes", "/docs/routes/"),
    Place("help-usage", "/docs/usage/", MEMBER),
    Place("help-webhooks", "/docs/webhooks/", MEMBER),
    Place("help-stored", "/docs/stored/", NOBODY),
)

# The reason why nobody can look at it, and the names of such addresses.
REASONS = {
    "takes forms alone and shows no page of its own": (
        "budgets:give-more budgets:undo savings:dismiss savings:bring-back "
        "chat:ask chat:rename connections:test connections:anyway connections:switch-off "
        "connections:switch-on connections:remove connections:attest "
        "connections:withdraw connections:free-limit own_models:put-back own_models:put-model-back "
        "keys:roll keys:end-old keys:switch-off "
        "catalog:change-state "
        "keys:switch-on keys:delete keys:thaw project-thaw member-thaw theme read-notices "
        "open-notice switch-project project-archive project-restore change-password test-mail "
        "welcome:skip welcome:dismiss webhooks:try webhooks:remove"
    ),
    "a piece that the chat's own script asks for": (
        "chat:begin chat:stream chat:answer chat:last chat:proof chat:side-by-side-stream"
    ),
    "a file to keep": (
        "catalog:download catalog:feed catalog:changes-feed chat:export usage:download "
        "report:download usage:activity-download "
        "rankings:download"
    ),
    "a file, as it was attached": "chat:file",
    "exists only while debugging; `make soak` walks it in a house of its own": "styleguide",
    "answers programs, never a browser": "usage:call-json healthz readyz metrics",
}
LEFT_OUT = {name: why for why, names in REASONS.items() for name in names.split()}
