"""What a connection offers: stores the models a provider reported, and makes endpoints of the
connection's own for those the catalogue does not know. Never touches a row of the catalogue, nor
unlists one that somebody entered."""

import re
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import slugify

from apps.accounts.models import Household
from apps.catalog import history
from apps.catalog.history import Change, What
from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
from apps.connections.models import Connection, ConnectionEndpoint
from apps.connections.probe import TestResult

# Nobody says what such a model can do. The house assumes it can, and lets the model refuse.
ASSUMED_ABILITIES = ["tools", "structured_outputs", "temperature"]

# Reported beside the others, yet no model to talk to: kept in the list, made no endpoint.
NOT_FOR_CHAT = re.compile(
    r"embed|rerank|whisper|transcribe|\btts\b|dall-e|moderation|diffusion|\bbge-|sora|imagen|veo-"
)

# Some providers list every model ever uploaded to them; beyond this, name a smaller list there.
MOST_OWN = 500


@dataclass(frozen=True)
class Offer:
    """Slugs of the models that can be called through a connection."""

    known: list[str]
    own: list[str]
    gone: int = 0

    @property
    def slugs(self) -> list[str]:
        return sorted({*self.known, *self.own})


@transaction.atomic
def absorb(connection: Connection, result: TestResult) -> Offer:
    """Stores a test's outcome. Models that are gone are no longer listed; a failed test changes no
    model, since a machine that sleeps has not lost them. Doing it again changes nothing. Only for
    a person who looks after the house, which the caller checks."""
    stored = Connection.objects.select_for_update().get(pk=connection.pk)
    if stored.base_url != connection.base_url:
        return _offer(stored)  # moved meanwhile: the outcome is another place's
    connection.tested_at, connection.test_code = timezone.now(), result.code
    if result.is_ok:
        connection.last_ok_at = connection.tested_at
    gone = 0
    if result.has_list:
        connection.reported_models = result.models
        gone = _update_own(connection, result.models)
    connection.save(update_fields=["tested_at", "test_code", "last_ok_at", "reported_models"])
    return _offer(connection, gone)


def forget(connection: Connection) -> None:
    """The connection leads somewhere else now; the caller saves it."""
    connection.tested_at, connection.test_code, connection.last_ok_at = None, "", None
    connection.reported_models = []
    _update_own(connection, [])
    own = Endpoint.objects.filter(own_link__connection=connection)
    if own.exclude(data_policy={}).update(data_policy={}):
        Household.judge_anew()  # what was said of the place before says nothing of this one


def _offer(connection: Connection, gone: int = 0) -> Offer:
    reported = set(connection.reported_models)
    names = reported | {_plain(name) for name in reported}
    seeded = Endpoint.objects.filter(provider_id=connection.provider_id, source=Source.SEED)
    known = seeded.filter(is_listed=True, upstream_id__in=names)
    own = Endpoint.objects.filter(own_link__connection=connection, is_listed=True)
    return Offer(
        known=sorted(set(known.values_list("model__slug", flat=True))),
        own=sorted(set(own.values_list("model__slug", flat=True))),
        gone=gone,
    )


def _update_own(connection: Connection, reported: list[str]) -> int:
    """Returns how many endpoints stopped being listed."""
    before = _shown(connection)
    gone = _list_reported(connection, reported)
    after = _shown(connection)
    changes = [Change(What.NEW, *one, is_public=False) for one in sorted(after - before)]
    changes += [Change(What.GONE, *one, is_public=False) for one in sorted(before - after)]
    history.record(changes, source=connection.name)
    return gone


def tell_gone(connection: Connection) -> None:
    """Before its own models are removed with it."""
    gone = [Change(What.GONE, *one, is_public=False) for one in sorted(_shown(connection))]
    history.record(gone, source=connection.name)


def _shown(connection: Connection) -> set[tuple[str, str]]:
    """The connection's own models and endpoints that are listed, as the history names them. A
    model that runs somewhere else as well comes and goes with nobody."""
    own = Endpoint.objects.filter(own_link__connection=connection, is_listed=True)
    found = list(own.values_list("model__slug", "key", "model__source"))
    models = {slug for slug, _, source in found if source == Source.OWN}
    others = Endpoint.objects.filter(model__slug__in=models, is_listed=True)
    others = others.exclude(own_link__connection=connection)
    alone = models - set(others.values_list("model__slug", flat=True))
    return {(slug, "") for slug in alone} | {(slug, key) for slug, key, _ in found}


def _list_reported(connection: Connection, reported: list[str]) -> int:
    seeded = Endpoint.objects.filter(provider_id=connection.provider_id, source=Source.SEED)
    known = set(seeded.values_list("upstream_id", flat=True))
    wanted = [
        name
        for name in reported
        if name not in known and _plain(name) not in known and not NOT_FOR_CHAT.search(name.lower())
    ]
    own = Endpoint.objects.filter(own_link__connection=connection)
    present = set(own.values_list("upstream_id", flat=True))
    own.filter(upstream_id__in=wanted, is_listed=False).update(is_listed=True)
    lost = own.exclude(upstream_id__in=wanted).filter(own_link__is_by_hand=False)
    gone = lost.filter(is_listed=True).update(is_listed=False)
    new = [name for name in wanted if name not in present]
    for name in new[: max(0, MOST_OWN - len(present))]:
        _make_own(connection, name)
    _list_models(connection)
    return gone


def _make_own(connection: Connection, name: str) -> None:
    provider = connection.provider
    slug, number = slug_for(connection, name), 1
    while Endpoint.objects.filter(key=(key := key_of(slug, connection))).exists():
        number += 1  # two reported names that look the same once they are slugs
        slug = f"{slug_for(connection, name)}-{number}"
    model = LanguageModel.objects.filter(slug=slug).first() or make_model(connection, slug, name)
    endpoint = Endpoint.objects.create(
        key=key,
        model=model,
        provider=provider,
        source=Source.OWN,
        upstream_id=name,
        abilities=ASSUMED_ABILITIES,
        input_modalities=["text"],
        output_modalities=["text"],
        price_source="",
    )
    ConnectionEndpoint.objects.create(connection=connection, endpoint=endpoint)


def key_of(slug: str, connection: Connection) -> str:
    return f"{slug}@{connection.provider.slug}/{connection.pk}"


def slug_for(connection: Connection, name: str) -> str:
    """A name that is a catalogue model's slug, letter by letter, means that model. Any other
    becomes a model of the provider's, or of the connection's where the provider is custom."""
    if "/" in name and _in_catalogue(name.lower()):
        return name.lower()
    author = connection.provider.slug
    if author == Provider.CUSTOM:
        author = _own_author(slugify(connection.name) or author)
    short = re.sub(r"[^a-z0-9._-]+", "-", _plain(name).lower()).strip("-._")
    return f"{author}/{short[:120] or 'model'}"


def _in_catalogue(slug: str) -> bool:
    return LanguageModel.objects.filter(slug=slug, source=Source.SEED).exists()


def _own_author(slug: str) -> str:
    """A connection that happens to be called “OpenAI” does not make OpenAI's models."""
    slug = slug[:50]
    is_taken = LanguageModel.objects.filter(author__slug=slug, source=Source.SEED).exists()
    return f"{slug}-own" if is_taken or slug == Provider.DEMO else slug


def make_model(connection: Connection, slug: str, name: str) -> LanguageModel:
    is_custom = connection.provider.slug == Provider.CUSTOM
    author, _ = Author.objects.get_or_create(
        slug=slug.partition("/")[0],
        defaults={"name": connection.name if is_custom else connection.provider.name},
    )
    return LanguageModel.objects.create(
        slug=slug,
        author=author,
        name=_plain(name)[:200],
        source=Source.OWN,
        input_modalities=["text"],
        output_modalities=["text"],
        abilities=ASSUMED_ABILITIES,
    )


def _list_models(connection: Connection) -> None:
    """A model of the house's own is listed while one of its endpoints is."""
    listed = Endpoint.objects.filter(model=OuterRef("pk"), is_listed=True)
    own = LanguageModel.objects.filter(
        source=Source.OWN, endpoints__own_link__connection=connection
    )
    ids = list(own.values_list("pk", flat=True))
    LanguageModel.objects.filter(pk__in=ids).update(is_listed=Exists(listed))


def _plain(name: str) -> str:
    """Google's list says `models/…` before each name and accepts it without."""
    return name.removeprefix("models/")
