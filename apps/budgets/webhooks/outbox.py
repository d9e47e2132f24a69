"""What a project's webhook will be told. It stands in a table first, in the transaction of what it
tells, and is sent from there."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apps.budgets.models import AlertWebhook, BudgetWindow, WebhookDelivery
from apps.projects.models import Project

TEST = "test"


def announce(kind: str, window: BudgetWindow, text: str, *, now: datetime, **facts: Any) -> None:
    """`text` and `facts` name no person: what is told here leaves the house."""
    budget = window.budget
    webhook = AlertWebhook.objects.filter(project=budget.project, disabled_at=None).first()
    if budget.project is None or webhook is None:
        return
    about = {
        "text": text,
        "project": _place(budget.project),
        "budget": {"id": budget.pk, "name": budget.name, "interval": budget.interval},
        "limit_usd": _usd(window.limit_usd),
        "extra_usd": _usd(window.extra_usd),
        "spent_usd": _usd(window.spent_usd),
        "starts_at": _moment(window.starts_at),
        "resets_at": _moment(window.ends_at) if window.ends_at else None,
        **facts,
    }
    _put(webhook, kind, about, now, next_at=now)


def announce_test(webhook: AlertWebhook, *, now: datetime) -> WebhookDelivery:
    """For one try, while somebody waits for its outcome."""
    text = f"This is a test from the project {webhook.project} in Gatehouse."
    about = {"text": text, "project": _place(webhook.project)}
    return _put(webhook, TEST, about, now, next_at=None, attempts=1)


def _put(
    webhook: AlertWebhook, kind: str, about: dict[str, Any], now: datetime, **fields: Any
) -> WebhookDelivery:
    payload = {"type": kind, "timestamp": _moment(now), "data": about}
    return WebhookDelivery.objects.create(
        webhook=webhook, payload=payload, created_at=now, **fields
    )


def _place(project: Project) -> dict[str, str]:
    return {"slug": project.slug, "name": project.name}


def _usd(amount: Decimal) -> str:
    """All digits; a float would lose some."""
    return f"{amount.normalize():f}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
