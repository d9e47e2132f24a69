"""People, their household, what they are told (notices) and what they did (audit)."""

import uuid
import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


def check_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone; write one such as Europe/Berlin.")


class Household(models.Model):
    """The installation: exactly one row, made by the first migration."""

    class Purpose(models.TextChoices):
        FAMILY = "family", "A family"
        OFFICE = "office", "A small office"
        SELF = "self", "Just me"

    WORDS: ClassVar = {"family": "household", "office": "office", "self": "house"}

    name = models.CharField(max_length=100, default="Our house")
    zone = models.CharField(max_length=64, default="UTC", validators=[check_zone])
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.FAMILY)
    week_starts_on = models.PositiveSmallIntegerField(default=0, help_text="0 is Monday.")
    receipt_months = models.PositiveSmallIntegerField(default=13)
    asks_providers = models.BooleanField(
        default=False, db_default=False, help_text="Whether connections answer, every ten minutes."
    )
    rankings_are_public = models.BooleanField(
        default=False, db_default=False, help_text="Whether people without an account see them."
    )
    check_value = models.TextField(default="", help_text="Opens only with the house's secrets.")
    setup_digest = models.BinaryField(null=True, help_text="Of the one-time set-up link.")
    setup_step = models.CharField(
        max_length=20, blank=True, default="", help_text="Waits to be finished; empty: none."
    )
    policy_version = models.BigIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_household"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def word(self) -> str:
        """What its people call it."""
        return self.WORDS[self.purpose]

    @classmethod
    def judge_anew(cls) -> None:
        """Calls that were judged without a change are judged once more before they are sent."""
        cls.objects.update(policy_version=models.F("policy_version") + 1)

    @classmethod
    def current(cls, *, lock: bool = False) -> "Household":
        """The one row; with `lock`, held until the transaction ends."""
        rows = cls.objects.select_for_update() if lock else cls.objects
        return rows.get_or_create(id=1)[0]


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, *, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """A person needs an e-mail address or a user name (children may have the latter only)."""
        user = self.model(email=(email or "").strip().lower() or None, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def named(self, name: str) -> "models.QuerySet[User]":
        """Whoever has this e-mail address or user name, however its letters are written."""
        return self.filter(models.Q(email__iexact=name) | models.Q(username__iexact=name))


class User(AbstractBaseUser):
    """A person of the house."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        ADMIN = "admin", "Admin"
        MEMBER = "member", "Member"

    # They connect providers, and see everybody's keys and spending.
    LOOKS_AFTER_HOUSE: ClassVar = frozenset({Role.OWNER, Role.ADMIN})

    class Theme(models.TextChoices):
        SYSTEM = "system", "As the device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(null=True, blank=True)
    username = models.CharField(max_length=64, null=True, blank=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    zone = models.CharField(max_length=64, blank=True, help_text="Empty: the household's.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="unique_email"),
            models.UniqueConstraint(Lower("username"), name="unique_username"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(username__isnull=False),
                name="email_or_username",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        return self.name or (self.email or "").partition("@")[0] or self.username or ""

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER

    @property
    def looks_after_house(self) -> bool:
        return self.role in self.LOOKS_AFTER_HOUSE


class Notice(models.Model):
    """One thing a person is told in the house; e-mail is sent beside it, never instead."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    text = models.CharField(max_length=500)
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_at = models.DateTimeField(
        null=True, blank=True, help_text="When it is mailed; empty: not, or no more."
    )
    mail_tries = models.PositiveSmallIntegerField(db_default=0, default=0)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index("mail_at", condition=~models.Q(mail_at=None), name="notices_to_mail"),
        ]

    def __str__(self) -> str:
        return self.text


class AuditEntry(models.Model):
    """Who did what, on what. Append-only; values that are secret are never put in `details`."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The audit log is append-only.")
        super().save(*args, **kwargs)
