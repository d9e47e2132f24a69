"""The living page of the components, in both themes, for people who work on the look. It exists
only while the house is debugged."""

import re
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.snippets import snippets

THEMES = ("light", "dark")


class Specimen(forms.Form):
    """Every kind of field, one of them wrong."""

    name = forms.CharField(help_text="As others see it.", initial="Mill Lane")
    sum = forms.DecimalField(
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        label="Sum",
        error_messages={"invalid": "Enter a sum above zero, such as 1.50."},
    )
    zone = forms.ChoiceField(label="Time zone", choices=[("UTC", "UTC")], required=False)
    at_home = forms.BooleanField(label="At home", required=False, help_text="On this network.")


@login_not_required
@require_safe
def show_styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    specimens = [
        (theme, Specimen({"name": "Mill Lane", "sum": "lots"}, auto_id=f"{theme}_%s"))
        for theme in THEMES
    ]
    (snippet,) = snippets("http://localhost:8000/api/v1", only=["curl"])
    context = {"specimens": specimens, "icons": icon_names(), "snippet": snippet}
    return render(request, "ui/styleguide.html", context)


def icon_names() -> list[str]:
    found = finders.find("img/icons.svg")
    sprite = Path(str(found)).read_text() if found else ""
    return re.findall(r'<symbol id="i-([\w-]+)"', sprite)
