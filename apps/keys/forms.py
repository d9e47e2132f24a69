"""The form for a new key."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.access import workplaces_of
from apps.projects.models import Project

LIFETIMES = [
    ("90", "in 90 days"),
    ("30", "in 30 days"),
    ("365", "in a year"),
    ("never", "never"),
]


class KeyForm(forms.Form):
    name = forms.CharField(
        label="Name of the key",
        max_length=100,
        help_text="What will use it, such as “Laptop scripts”.",
        error_messages={"required": "Give the key a name, such as that of its app."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        queryset=Project.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": "You may not make calls in this project."},
    )
    lifetime = forms.ChoiceField(label="Ends", choices=LIFETIMES, initial="90")
    app_name = forms.CharField(
        label="App",
        max_length=60,
        required=False,
        help_text="Shown beside its calls when the app does not name itself.",
        widget=forms.TextInput(attrs={"placeholder": "Open WebUI", "autocomplete": "off"}),
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        project = self.fields["project"]
        assert isinstance(project, forms.ModelChoiceField)
        project.queryset = workplaces_of(user).order_by("id")
        project.initial = project.queryset.first()

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["lifetime"]
        return None if days == "never" else timezone.now() + timedelta(days=int(days))
