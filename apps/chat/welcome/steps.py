"""What leads from one step of setting up to the next: a page each, in any order, as often as one
likes. Only for those who look after the house."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import setting_up
from apps.accounts.models import Household
from apps.projects.access import house_or_404

PUT_AWAY = "Put away. Settings, Connections and API keys hold all of it."


@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    """The step that waits; the last page when none does."""
    house_or_404(request.user)
    return redirect(setting_up.page_of(Household.current().setup_step))


@require_POST
def skip(request: HttpRequest, step: str) -> HttpResponse:
    """Leaves a step as it is and goes on; what was done in it before stays done."""
    house_or_404(request.user)
    if step not in setting_up.SKIPPABLE:
        raise Http404
    return go_on(step)


@require_POST
def dismiss(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    setting_up.put_away()
    messages.info(request, PUT_AWAY)
    return redirect("home")


def go_on(step: str) -> HttpResponse:
    setting_up.move_past(step)
    return redirect(setting_up.page_after(step))


def show(
    request: HttpRequest,
    step: str,
    context: dict[str, object],
    *,
    status: int = 200,
    page: str = "",
) -> HttpResponse:
    """`page` is the template where it is not named like its step."""
    context = {**context, "trail": setting_up.trail(step), "step": step}
    return render(request, f"chat/welcome/{page or step}.html", context, status=status)
