"""The household's accounts at providers. A credential is stored encrypted, bound to its row, and
is never shown again; changing where it would be sent clears it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.catalog.models import Endpoint, Provider
from apps.core.outbound import OutboundRefused, Target
from apps.core.vault import VaultError


class ConnectionSet(models.QuerySet["Connection"]):
    def enabled(self) -> Self:
        return self.filter(is_enabled=True)

    def demo(self) -> Self:
        return self.filter(provider__slug=Provider.DEMO)

    def real(self) -> Self:
        return self.exclude(provider__slug=Provider.DEMO).select_related("provider")


class Connection(models.Model):
    """One account at one provider: base URL and encrypted credential."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="connections")
    name = models.CharField(max_length=100)
    base_url = models.CharField(max_length=300)
    credential = models.TextField(blank=True, help_text="Encrypted.")
    credential_last_four = models.CharField(max_length=4, blank=True)
    is_at_home = models.BooleanField(
        default=False, help_text="Permits loopback and private addresses for this host and port."
    )
    forwards_elsewhere = models.BooleanField(
        default=False, db_default=False, help_text="What answers at home hands on what it is sent."
    )
    attested_on = models.DateField(
        null=True, blank=True, help_text="Zero retention is agreed since then."
    )
    attested_note = models.CharField(max_length=300, blank=True, db_default="")
    attested_at = models.DateTimeField(null=True, blank=True, editable=False)
    attested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    is_enabled = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    tested_at = models.DateTimeField(null=True, blank=True)
    test_code = models.CharField(max_length=30, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    reported_models = models.JSONField(default=list)
    free_calls_per_day = models.PositiveIntegerField(
        null=True, blank=True, help_text="What this account gets, where it is not the usual."
    )

    objects = ConnectionSet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "name"], name="one_connection_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_built_in(self) -> bool:
        """The demonstration: answered inside the house, so there is no address to test."""
        return self.base_url.startswith("unix:")

    @property
    def home(self) -> Target | None:
        """The one place on a private network that this connection may reach, if it has one."""
        return Target.from_url(self.base_url) if self.is_at_home else None

    @property
    def stays_home(self) -> bool:
        """What it is sent goes to a machine of the household, and no further."""
        return self.is_at_home and not self.forwards_elsewhere

    @property
    def bound_to(self) -> str:
        return f"connections.connection.{self.pk}"

    def set_credential(self, plain: str) -> None:
        """Encrypts under this row's own name; the row must have been saved once."""
        if self.pk is None:
            raise ValueError("save the connection before its credential")
        secrets = settings.HOUSE_SECRETS
        self.credential = secrets.encrypt(plain, self.bound_to) if plain else ""
        self.credential_last_four = plain[-4:] if len(plain) >= 12 else ""

    def open_credential(self) -> str:
        """Raises VaultError when the house's keys do not open it."""
        if not self.credential:
            return ""
        return settings.HOUSE_SECRETS.decrypt(self.credential, self.bound_to)

    @property
    def key_opens(self) -> bool:
        """False where the house's secrets are not those it was locked with."""
        try:
            self.open_credential()
        except VaultError:
            return False
        return True

    def leads_to(self, base_url: str) -> bool:
        """Whether this is the same scheme, host and port, whatever the path."""
        return _place(base_url) is not None and _place(base_url) == _place(self.base_url)

    def move_to(self, base_url: str) -> None:
        """A new scheme, host or port clears the credential, which was given to somebody else, and
        what was agreed with them."""
        if not self.leads_to(base_url):
            self.credential, self.credential_last_four = "", ""
            self.forget_attestation()
        self.base_url = base_url

    def forget_attestation(self) -> None:
        self.attested_on = self.attested_at = self.attested_by = None
        self.attested_note = ""


class FreeCalls(models.Model):
    """How many calls of free endpoints went through a connection, on one day of whoever counts them
    there, and in the last minute that had any. gateway/sql/free_calls.sql alone writes it."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    day_starts_at = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)
    minute_at = models.DateTimeField()
    minute_used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "day_starts_at"], name="one_count_of_free_calls"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.used} free calls"


class ConnectionProbe(models.Model):
    """The last time the house asked this connection by itself whether it answers. Beside the
    connection, since a change there makes every process read the catalogue anew."""

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="probe"
    )
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="When `code`, of probe.py, was found.")
    code = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return f"{self.connection_id}: {self.code}"


class ConnectionEndpoint(models.Model):
    """An endpoint that only this connection has: a model it reported and the catalogue lacks, or
    one that somebody entered."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="own_endpoints"
    )
    endpoint = models.OneToOneField(Endpoint, on_delete=models.CASCADE, related_name="own_link")
    is_by_hand = models.BooleanField(
        default=False, db_default=False, help_text="It stays whatever the connection reports."
    )

    def __str__(self) -> str:
        return f"{self.endpoint} of {self.connection}"


def _place(url: str) -> tuple[str, str, int] | None:
    try:
        return Target.from_url(url).place
    except OutboundRefused:
        return None
