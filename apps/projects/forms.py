"""What one may say about a project."""

from django import forms

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
