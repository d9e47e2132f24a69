"""API keys we issue. Only a keyed digest is stored; the key itself is shown once."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.budgets.models import Budget
from apps.guardrails.models import Guardrail
from apps.keys import tokens
from apps.projects.access import ADMIN, projects_for
from apps.projects.models import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


class ApiKeySet(models.QuerySet["ApiKey"]):
    def live(self) -> Self:
        now = timezone.now()
        return self.filter(revoked_at=None, disabled_at=None).filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        )

    def opened_by(self, digest: bytes) -> Self:
        """The live key this digest opens: its own, or the one it had before, while that works."""
        before = models.Q(old_digest=digest, old_ends_at__gt=timezone.now())
        return self.live().filter(models.Q(digest=digest) | before)

    def kept(self) -> Self:
        """Not deleted; a deleted key is a row for receipts only."""
        return self.filter(revoked_at=None)

    def for_user(self, user: "User | AnonymousUser") -> Self:
        """Keys this person may see and switch off: all of the house for who looks after it, all of
        a project for its admin, else their own."""
        if not user.is_authenticated:
            return self.none()
        if user.looks_after_house:
            return self
        return self.filter(models.Q(owner=user) | models.Q(project__in=projects_for(user, ADMIN)))

    def thawed_by(self, user: "User | AnonymousUser") -> Self:
        """Keys this person may thaw: what an admin froze, its owner alone does not."""
        theirs = self.for_user(user)
        if not user.is_authenticated or user.looks_after_house:
            return theirs
        its_admin = models.Q(project__in=projects_for(user, ADMIN))
        return theirs.filter(models.Q(frozen_by=user) | its_admin)


class ApiKey(models.Model):
    """One app's way in: it acts for `owner` within `project`. One that was rolled has a new secret,
    and for a while its old one as well. `policy_version` rises with what a running process must not
    go on believing of it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="keys")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="keys"
    )
    name = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    prefix = models.CharField(max_length=20, editable=False)
    last_four = models.CharField(max_length=4, editable=False)
    app_name = models.CharField(max_length=60, blank=True)
    old_digest = models.BinaryField(max_length=32, unique=True, null=True, editable=False)
    old_last_four = models.CharField(max_length=4, db_default="", editable=False)
    old_ends_at = models.DateTimeField(null=True, editable=False)
    policy_version = models.BigIntegerField(db_default=0, default=0)
    form_id = models.UUIDField(
        null=True, unique=True, editable=False, help_text="The form that made it; it makes one key."
    )
    allowed_models = models.JSONField(default=list, blank=True)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    max_in_flight = models.PositiveIntegerField(null=True, blank=True)
    fit_always = models.BooleanField(default=False)
    is_front_end = models.BooleanField(
        default=False, help_text="Trusted to say which member of the project asks."
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True, help_text="No call runs until thawed.")
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    budgets = models.ManyToManyField(Budget, blank=True, related_name="keys")
    guardrail = models.OneToOneField(
        Guardrail, null=True, blank=True, on_delete=models.SET_NULL, related_name="key"
    )

    objects = ApiKeySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def mint(
        cls, *, project: Project, owner: "User", name: str, **fields: object
    ) -> "tuple[ApiKey, str]":
        """The stored row and the key itself, which is nowhere else from now on."""
        key = cls(project=project, owner=owner, name=name, **fields)
        secret = key.renew()
        key.save()
        return key, secret

    def renew(self) -> str:
        """A new secret in place of the one it has; the caller saves it."""
        secret = tokens.mint()
        self.digest = settings.HOUSE_SECRETS.digest(secret)
        self.prefix, self.last_four = secret[: len(tokens.PREFIX) + 4], secret[-4:]
        return secret

    @property
    def label(self) -> str:
        return f"{self.prefix}…{self.last_four}"

    @property
    def is_live(self) -> bool:
        now = timezone.now()
        gone = self.revoked_at or self.disabled_at
        return not gone and (self.expires_at is None or self.expires_at > now)

    @property
    def days_left(self) -> int | None:
        """Whole days until it ends by itself; none where it never does, or already has."""
        if self.expires_at is None or self.expires_at <= timezone.now():
            return None
        return (self.expires_at - timezone.now()).days

    @property
    def old_label(self) -> str:
        return f"{tokens.PREFIX}…{self.old_last_four}"

    @property
    def old_works(self) -> bool:
        return self.is_live and self.old_ends_at is not None and self.old_ends_at > timezone.now()

    def revoke(self) -> None:
        self.revoked_at = self.revoked_at or timezone.now()
        self.save(update_fields=["revoked_at"])
