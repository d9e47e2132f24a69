"""What one may say about a project."""

from typing import Any

from django import forms

from apps.accounts.forms import zone_choices
from apps.accounts.models import Household
from apps.projects.models import Project

LONGEST = Project._meta.get_field("name").max_length


class ProjectForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=LONGEST,
        help_text="What the people in it would call it, such as Homework or Bakery website.",
        error_messages={
            "required": "Give the project a name.",
            "max_length": f"A name has at most {LONGEST} letters.",
        },
    )

    def __init__(self, *args: object, project: Project | None = None, **more: object) -> None:
        """`project` is the one that gets another name."""
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.project = project

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        others = Project.objects.active()
        if self.project:
            others = others.exclude(pk=self.project.pk)
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(
                f"There is a project called {name} already. Choose another name."
            )
        return name


class ProjectSettingsForm(ProjectForm):
    zone = forms.ChoiceField(
        label="Time zone of its budgets",
        required=False,
        help_text="Its budgets start again at midnight there.",
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        assert self.project is not None
        shared, own = Household.current().zone, self.project.zone
        places = dict(zone_choices())
        if own:
            places.setdefault(own, own)
        zone = self.fields["zone"]
        assert isinstance(zone, forms.ChoiceField)
        zone.choices = [("", f"The household’s: {shared.replace('_', ' ')}"), *places.items()]

    @property
    def calendar(self) -> str:
        """What is asked about before it is saved; nothing where days stay as they are."""
        return self.cleaned_data["zone"] or "household" if "zone" in self.changed_data else ""
