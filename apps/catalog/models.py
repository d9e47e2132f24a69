"""Which models exist, who made them, who runs them, at what price. Rows come from the seed, from
a refresh, or from an admin; `overrides` holds an admin's values by field and always wins."""

from copy import copy
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Source(models.TextChoices):
    SEED = "seed", "Catalogue"
    OWN = "own", "This house"


class Author(models.Model):
    """Who made a model."""

    slug = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Overridable(models.Model):
    """A row whose seeded values an admin may replace without losing them to the next load."""

    source = models.CharField(max_length=10, choices=Source, default=Source.SEED)
    is_listed = models.BooleanField(default=True)
    overrides = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def fact(self, field: str) -> Any:
        """The admin's value where there is one, else the catalogue's."""
        return self.overrides.get(field, getattr(self, field))

    def as_public(self) -> Self:
        """As every house has it, for strangers: what an admin says of it tells what was agreed."""
        if not self.overrides:
            return self
        plain = copy(self)
        plain.overrides = {}
        return plain


class ProviderSet(models.QuerySet["Provider"]):
    def connectable(self) -> Self:
        """All but the demonstration, which is connected from the start."""
        return self.filter(is_listed=True).exclude(slug=Provider.DEMO)

    def companies(self) -> Self:
        """Connectable by name: first where most people have an account, then by the alphabet."""
        common = [models.When(slug=slug, then=place) for place, slug in enumerate(Provider.COMMON)]
        order = models.Case(*common, default=len(common))
        return self.connectable().exclude(slug=Provider.CUSTOM).order_by(order, Lower("name"))


class Provider(Overridable):
    """Who runs models. Two of them are no company: the house's own demonstration, and whatever
    place a household names itself."""

    DEMO, CUSTOM = "gatehouse", "custom"
    # Where most people have an account.
    COMMON = ("openai", "anthropic", "google", "openrouter", "mistral", "deepseek", "groq", "xai")

    slug = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    wire = models.CharField(max_length=20, default="openai")
    base_url = models.CharField(max_length=300, null=True, blank=True)
    key_env = models.CharField(max_length=60, null=True, blank=True)
    headquarters = models.CharField(max_length=2, null=True, blank=True)
    privacy_url = models.CharField(max_length=300, null=True, blank=True)
    terms_url = models.CharField(max_length=300, null=True, blank=True)
    status_url = models.CharField(max_length=300, null=True, blank=True)
    is_gateway = models.BooleanField(default=False)
    stops_on_cancel = models.CharField(max_length=10, default="unknown")
    cap_parameter = models.CharField(max_length=40, null=True, blank=True)
    cap_bounds_reasoning = models.BooleanField(null=True)
    data_policy = models.JSONField(default=dict)

    objects = ProviderSet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def is_common(self) -> bool:
        return self.slug in self.COMMON

    @property
    def host(self) -> str:
        return urlsplit(self.fact("base_url") or "").hostname or ""


class LanguageModel(Overridable):
    """What people choose, by slug `author/name`."""

    slug = models.CharField(max_length=200, unique=True)
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="models")
    name = models.CharField(max_length=200)
    released_on = models.DateField(null=True, blank=True)
    knowledge_cutoff = models.CharField(max_length=20, null=True, blank=True)
    open_weights = models.BooleanField(null=True)
    context_length = models.PositiveIntegerField(null=True)
    input_modalities = models.JSONField(default=list)
    output_modalities = models.JSONField(default=list)
    abilities = models.JSONField(default=list)
    refreshed_on = models.DateField(
        null=True, blank=True, help_text="The last refresh that listed it; empty: the seed alone."
    )

    def __str__(self) -> str:
        return self.slug


class Endpoint(Overridable):
    """One model at one provider. `pricing` holds decimal strings, USD per million tokens (request,
    web_search and image: per one), and `overrides` for tiers and hours; {} means unknown."""

    key = models.CharField(max_length=300, unique=True)
    model = models.ForeignKey(LanguageModel, on_delete=models.CASCADE, related_name="endpoints")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="endpoints")
    upstream_id = models.CharField(max_length=300)
    tag = models.CharField(max_length=100, null=True, blank=True)
    variant = models.CharField(max_length=20, null=True, blank=True)
    quantization = models.CharField(max_length=20, null=True, blank=True)
    context_length = models.PositiveIntegerField(null=True)
    largest_context_length = models.PositiveIntegerField(null=True)
    max_completion_tokens = models.PositiveIntegerField(null=True)
    abilities = models.JSONField(default=list)
    input_modalities = models.JSONField(default=list)
    output_modalities = models.JSONField(default=list)
    cap_parameter = models.CharField(max_length=40, null=True, blank=True)
    is_deprecated = models.BooleanField(default=False)
    expires_on = models.DateField(null=True, blank=True)
    pricing = models.JSONField(default=dict)
    price_source = models.CharField(max_length=60, null=True, blank=True)
    price_as_of = models.DateField(null=True, blank=True)
    data_policy = models.JSONField(
        default=dict, blank=True, help_text="Where it differs from its provider's."
    )
    refreshed_on = models.DateField(
        null=True, blank=True, help_text="The last refresh that listed it; empty: the seed alone."
    )
    kept_by = models.CharField(
        max_length=30,
        null=True,
        blank=True,
        help_text="Which file speaks for it where the usual lists do not.",
    )

    def __str__(self) -> str:
        return self.key

    @property
    def is_public(self) -> bool:
        """Whether strangers may know of it: what a connection added tells what the house has; the
        demonstration is in every house."""
        return self.source != Source.OWN or self.provider.slug == Provider.DEMO


class FreeAcceptanceSet(models.QuerySet["FreeAcceptance"]):
    def of_person(self, user_id: int) -> frozenset[str]:
        return frozenset(self.filter(user_id=user_id).values_list("digest", flat=True))

    def by_person(self) -> dict[int, frozenset[str]]:
        found: dict[int, set[str]] = {}
        for user_id, digest in self.values_list("user_id", "digest"):
            found.setdefault(user_id, set()).add(digest)
        return {user_id: frozenset(digests) for user_id, digests in found.items()}


class FreeAcceptance(models.Model):
    """Somebody has read what a provider may do with what its free endpoints are sent. The digest is
    of what was read: what changes is asked for anew."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    provider = models.CharField(max_length=60)
    digest = models.CharField(max_length=40)
    accepted_at = models.DateTimeField(default=timezone.now)

    objects = FreeAcceptanceSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="accepted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} accepted {self.provider}"


class CatalogState(models.Model):
    """Which seed stands in the database: one row."""

    sha256 = models.CharField(max_length=64)
    as_of = models.DateField()
    loaded_at = models.DateTimeField()
    sources = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_catalog_state"),
        ]

    def __str__(self) -> str:
        return f"catalogue as of {self.as_of}"


class CatalogChange(models.Model):
    """What changed in the catalogue, in words a page can show; written by `history.record` alone
    and never changed."""

    class What(models.TextChoices):
        NEW = "new", "New"
        GONE = "gone", "Gone"
        REPRICED = "repriced", "Other price"
        EDITED = "edited", "Other facts"

    at = models.DateTimeField()
    source = models.CharField(max_length=60, help_text="Which seed or source said so, or who.")
    what = models.CharField(max_length=10, choices=What)
    model_slug = models.CharField(max_length=200)
    endpoint_key = models.CharField(max_length=300, blank=True, help_text="Empty: the model's own.")
    field = models.CharField(max_length=40, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    is_public = models.BooleanField(default=True, help_text="Whether strangers may know of it.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="change_by_time"),
            models.Index(fields=["model_slug", "-at"], name="change_by_model"),
            models.Index(fields=["endpoint_key", "at"], name="change_by_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_key or self.model_slug} {self.what}"


class RefreshState(models.Model):
    """Where a source of the catalogue stands: whether it is asked daily, when next, and what came
    of it. A list that was refused waits here, packed, until somebody agrees."""

    class Result(models.TextChoices):
        OK = "ok", "Up to date"
        REFUSED = "refused", "Waits for a decision"
        FAILED = "failed", "Failed"

    source = models.CharField(max_length=20, primary_key=True)
    is_daily = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, help_text="When the worker asks it next.")
    running_since = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, choices=Result, blank=True)
    words = models.TextField(blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    was_told = models.BooleanField(default=False, help_text="Of this trouble, until it is over.")
    done_at = models.DateTimeField(null=True)
    as_of = models.DateField(null=True)
    waiting = models.BinaryField(null=True)
    waiting_sha256 = models.CharField(max_length=64, blank=True)
    waiting_as_of = models.DateField(null=True)
    preview = models.JSONField(default=dict)
    agreed_sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.source} {self.result}"


class ElsewhereDay(models.Model):
    """What one model was used on one day (UTC) on OpenRouter, by its own public rankings;
    refresh/rankings.py alone writes it. An empty slug is the sum of all others."""

    day = models.DateField()
    slug = models.CharField(max_length=250, blank=True)
    tokens = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "slug"], name="one_elsewhere_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.slug}"


class ElsewhereState(models.Model):
    """Which of OpenRouter's rankings stand: one row. `as_of` is cited as it came."""

    as_of = models.CharField(max_length=40)
    first_day = models.DateField()
    last_day = models.DateField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_elsewhere_state"),
        ]

    def __str__(self) -> str:
        return f"OpenRouter's rankings as of {self.as_of}"
