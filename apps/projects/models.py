"""Projects and who works in them. Who may see a project is asked in access.py only."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.text import slugify

if TYPE_CHECKING:
    from apps.accounts.models import User


TAKEN = {"new"}  # addresses of pages beside those of projects


class ProjectSet(models.QuerySet["Project"]):
    def active(self) -> Self:
        return self.filter(archived_at=None)

    def archived(self) -> Self:
        return self.exclude(archived_at=None)


class Project(models.Model):
    """People, keys, budgets and guardrails that belong together."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    zone = models.CharField(max_length=64, blank=True, help_text="Empty: the household's.")
    policy_version = models.BigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True, help_text="No call runs until thawed.")

    objects = ProjectSet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def judge_anew(self) -> None:
        """As the household's, for its own calls."""
        rows = Project.objects.filter(pk=self.pk)
        rows.update(policy_version=models.F("policy_version") + 1)

    @classmethod
    def start(cls, *, name: str, owner: "User") -> "Project":
        """A new project with a free slug, and `owner` as its first admin."""
        base = slugify(name)[:50] or "project"
        slug, count = base, 1
        while slug in TAKEN or cls.objects.filter(slug=slug).exists():
            count += 1
            slug = f"{base}-{count}"
        project = cls.objects.create(slug=slug, name=name)
        Membership.objects.create(project=project, user=owner, role=Membership.Role.ADMIN)
        return project


class Membership(models.Model):
    """One person in one project."""

    class Role(models.TextChoices):
        ADMIN = "admin", "Admin"
        MEMBER = "member", "Member"
        VIEWER = "viewer", "Viewer"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    is_active = models.BooleanField(default=True)
    frozen_at = models.DateTimeField(null=True, blank=True, help_text="No call runs until thawed.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("project", "user", name="one_membership_each"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}"
