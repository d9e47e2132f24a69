"""One row per API call, its bulky part, and the quarter-hour sums. recorder.py alone writes them;
nothing here ever holds a word of a prompt or an answer."""

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.budgets.models import usd_field
from apps.usage.reach import Reach

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


Row = TypeVar("Row", bound=models.Model)


class PersonsRows(models.QuerySet[Row]):
    """Rows of calls, each of which is one person's."""

    def for_user(self, user: "User | AnonymousUser") -> Self:
        """Those this person may see."""
        return self.within(Reach.of(user))

    def within(self, reach: Reach) -> Self:
        return self.filter(reach.condition)


ASKED_OF_CALLS = (
    "project_id",
    "key_id",
    "user_id",
    "app",
    "requested_model",
    "model",
    "provider",
    "state",
    "status",
    "error_type",
    "was_cancelled",
    "created_at",
)


class Generation(models.Model):
    """One API call. Born `open` with its hold before a byte goes upstream, closed exactly once.
    References are plain numbers: a receipt outlives the key, person or project it names."""

    class State(models.TextChoices):
        OPEN = "open", "Running"
        CLOSED = "closed", "Done"
        RELEASED = "released", "Not sent"

    id = models.CharField(max_length=40, primary_key=True)
    state = models.CharField(max_length=10, choices=State, db_default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    process_id = models.CharField(max_length=40)
    project_id = models.BigIntegerField()
    key_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField()
    app = models.CharField(max_length=100, default="")
    requested_model = models.CharField(max_length=200)
    is_streamed = models.BooleanField(default=False)
    bills_whole = models.BooleanField(
        default=False, help_text="The provider bills the whole answer even when nobody listens."
    )
    window_ids = ArrayField(models.BigIntegerField())
    hold_usd = usd_field()
    prompt_estimate_usd = usd_field(db_default=0)
    checkpoint_usd = usd_field(db_default=0)

    model = models.CharField(max_length=200, db_default="")
    endpoint_id = models.BigIntegerField(null=True)
    provider = models.CharField(max_length=60, db_default="")
    cost_usd = usd_field(db_default=0)
    is_estimated = models.BooleanField(db_default=False)
    status = models.PositiveSmallIntegerField(null=True)
    error_type = models.CharField(max_length=40, db_default="")
    finish_reason = models.CharField(max_length=20, db_default="")
    native_finish_reason = models.CharField(max_length=60, db_default="")
    was_cancelled = models.BooleanField(db_default=False)
    prompt_tokens = models.BigIntegerField(db_default=0)
    completion_tokens = models.BigIntegerField(db_default=0)
    reasoning_tokens = models.BigIntegerField(db_default=0)
    cached_tokens = models.BigIntegerField(db_default=0)
    cache_write_tokens = models.BigIntegerField(db_default=0)
    latency_ms = models.PositiveIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)

    objects = PersonsRows.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index("process_id", condition=Q(state="open"), name="open_by_process"),
            models.Index(fields=["project_id", "-id"], name="calls_of_project"),
            models.Index(fields=["key_id", "-id"], name="calls_of_key"),
            models.Index(fields=["user_id", "-id"], name="calls_of_user"),
            # Of those that ended: what looks for open ones must not be tempted by it.
            models.Index("closed_at", condition=Q(closed_at__isnull=False), name="calls_closed"),
            # Few, and found without a look at their rows: all that the list asks stands in it.
            models.Index(
                fields=["-id"],
                condition=Q(status__gte=400)
                | ~Q(error_type="")
                | Q(was_cancelled=True)
                | Q(state="released"),
                include=ASKED_OF_CALLS,
                name="calls_amiss",
            ),
            models.Index(
                fields=["-id"],
                condition=Q(state="released"),
                include=ASKED_OF_CALLS,
                name="calls_unsent",
            ),
        ]

    def __str__(self) -> str:
        return self.id


class GenerationDetail(models.Model):
    """Candidates, attempts, prices used: kept a shorter time than the receipt itself."""

    generation_id = models.CharField(max_length=40, primary_key=True)
    details = models.JSONField()

    def __str__(self) -> str:
        return self.generation_id


class Summed(models.Model):
    """Sums of calls that are alike in all of this. The number 0 and the empty name are none."""

    project_id = models.BigIntegerField()
    key_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    app = models.CharField(max_length=100)
    model = models.CharField(max_length=200)
    endpoint_id = models.BigIntegerField()
    requests = models.BigIntegerField()
    cost_usd = usd_field()
    prompt_tokens = models.BigIntegerField()
    completion_tokens = models.BigIntegerField()
    reasoning_tokens = models.BigIntegerField()
    cached_tokens = models.BigIntegerField()

    objects = PersonsRows.as_manager()

    ALIKE: ClassVar = ("project_id", "key_id", "user_id", "app", "model", "endpoint_id")
    FIGURES: ClassVar = (
        "requests",
        "cost_usd",
        "prompt_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "cached_tokens",
    )

    class Meta:
        abstract = True


class UsageQuarter(Summed):
    """Of one quarter of an hour (UTC, by time of birth), written in the settlement."""

    starts_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("starts_at", *Summed.ALIKE, name="one_quarter_row"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} {self.model}"


class UsageDay(Summed):
    """Of one whole day of a zone, added up from its quarter-hours once nothing can change in it.
    days.py alone writes them; sums.py alone reads them."""

    zone = models.CharField(max_length=64)
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("zone", "day", *Summed.ALIKE, name="one_day_row"),
        ]
        # Written once a day, so there may be one for each question. A key asks for its whole life,
        # and programs ask often.
        indexes: ClassVar = [
            models.Index(fields=["zone", "key_id", "day"], name="days_of_key"),
            models.Index(fields=["zone", "project_id", "day"], name="days_of_project"),
            models.Index(fields=["zone", "user_id", "day"], name="days_of_user"),
            models.Index(fields=["zone", "app", "day"], name="days_of_app"),
            models.Index(fields=["zone", "model", "day"], name="days_of_model"),
            models.Index(fields=["zone", "endpoint_id", "day"], name="days_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.zone} {self.model}"


class UsageDayMark(models.Model):
    """Of one zone: the last day that is added up. All days before it are, too."""

    zone = models.CharField(max_length=64)
    through = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("zone", name="one_day_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.through}"


class ReceiptMark(models.Model):
    """Since when all receipts are kept: one row, moved before older ones are removed. Without it
    none was ever removed."""

    kept_since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="one_receipt_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.kept_since}"


class App(models.Model):
    """A program that calls, by what stands in the `app` of its calls and sums; app_names.py alone
    writes it. `name` is what it told last."""

    identity = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    categories = ArrayField(models.CharField(max_length=30), default=list)
    first_seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Of its page; nothing for one that was never noted."""
        return reverse("apps:app", args=[self.slug]) if self.slug else ""


class EndpointHealth(models.Model):
    """How calls to one endpoint through one connection went in five minutes (UTC, by the time they
    ended). health/counting.py alone writes it. Counts by kind or by bucket are JSON objects."""

    starts_at = models.DateTimeField()
    endpoint_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    calls = models.PositiveIntegerField(help_text="Those that were answered or failed.")
    limited = models.PositiveIntegerField(help_text="Those that were told to come back later.")
    errors = models.JSONField()
    latency = models.JSONField()
    throughput = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["starts_at", "endpoint_id", "connection_id"], name="one_health_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} {self.endpoint_id}"


class HealthMark(models.Model):
    """Up to which call health is counted: one row, moved in the transaction that counts."""

    closed_at = models.DateTimeField()
    generation_id = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="one_health_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.closed_at} {self.generation_id}"
