"""The household's name and time zone; both have a sensible value before anybody types."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from apps.accounts.models import Household
from apps.accounts.person import person_of
from apps.accounts.settings_forms import FirstHouseholdForm
from apps.chat.welcome.steps import go_on, show
from apps.projects.access import house_or_404
from apps.projects.changing import FIRST_NAMES, name_first


@require_http_methods(["GET", "HEAD", "POST"])
def name_household(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    form = FirstHouseholdForm(request.POST or None, instance=Household.current())
    if form.is_valid():
        person = person_of(request)
        form.save_as(person)
        name_first(FIRST_NAMES[form.instance.purpose], actor=person)
        return go_on("household")
    # A machine that stands in UTC does not know where it is; the browser may.
    is_guess = not form.is_bound and form.instance.zone == "UTC"
    status = 422 if form.is_bound else 200
    return show(request, "household", {"form": form, "is_guess": is_guess}, status=status)
