"""A project's webhook, for its admins: set up, tried, removed. Its secret is shown in the answer to
the form that made it and nowhere else."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.person import person_of
from apps.budgets.models import AlertWebhook, WebhookDelivery
from apps.budgets.webhooks import sending
from apps.budgets.webhooks.changing import AlreadySetUp, remove, set_up, webhook_of
from apps.budgets.webhooks.forms import WebhookForm
from apps.budgets.webhooks.outbox import announce_test
from apps.projects.access import ADMIN, project_for

SHOWN = 5
THERE_IS_ONE = (
    "This project has a webhook already. Its secret was shown when it was set up; without it, "
    "remove the webhook and set it up again."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_webhook(request: HttpRequest, slug: str) -> HttpResponse:
    is_post = request.method == "POST"
    project = project_for(request.user, slug, ADMIN)
    form = WebhookForm(request.POST if is_post else None)
    if form.is_valid():
        address, form_id = form.cleaned_data["url"], form.cleaned_data["form_id"]
        try:
            made, secret = set_up(project, address, actor=person_of(request), form_id=form_id)
        except AlreadySetUp:
            messages.info(request, THERE_IS_ONE)
            return redirect("webhooks:project", slug)
        context = {"project": project, "webhook": made, "secret": secret}
        return render(request, "webhooks/once.html", context, status=201)
    webhook = webhook_of(project)
    context = {
        "project": project,
        "tab": "settings",
        "may_change": True,
        "form": form,
        "webhook": webhook,
        "deliveries": _told(webhook),
        "tries": sending.TRIES,
    }
    return render(request, "webhooks/settings.html", context, status=422 if form.is_bound else 200)


@require_POST
def try_webhook(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, ADMIN)
    webhook = webhook_of(project)
    if webhook is None:
        raise Http404
    now = timezone.now()
    delivery = announce_test(webhook, now=now)
    if sending.deliver(delivery, now):
        messages.success(request, "The test message was taken.")
    else:
        said = sending.why(delivery.last_error)
        messages.error(request, f"The test message was not taken: {said}.")
    return redirect("webhooks:project", slug)


@require_POST
def remove_webhook(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, ADMIN)
    remove(project, actor=person_of(request))
    messages.success(request, "The webhook is removed. Nothing more is sent to it.")
    return redirect("webhooks:project", slug)


def _told(webhook: AlertWebhook | None) -> list[tuple[WebhookDelivery, str]]:
    """The last messages, each with why it was not taken."""
    if webhook is None:
        return []
    rows = webhook.deliveries.all()[:SHOWN]
    return [(row, sending.why(row.last_error) if row.last_error else "") for row in rows]
