"""Making, changing and removing a connection. Refuses an address the house would never call, and
never keeps a credential for another place than the one it was given for."""

import copy

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts import audit
from apps.accounts.models import Household, User
from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
from apps.connections import discovery
from apps.connections.models import Connection
from apps.core.outbound import Guard, Lookup, OutboundRefused, Target, own_ports, system_lookup

ENDINGS = ("/chat/completions", "/completions", "/models")


def save_connection(
    provider: Provider,
    name: str,
    *,
    base_url: str,
    credential: str | None,
    at_home: bool,
    by: User | None,
    forwards: bool | None = None,
    resolver: Lookup = system_lookup,
) -> Connection:
    """Makes the connection of this provider and name, or changes it. An empty `base_url` means the
    one it has, else the provider's own; `credential` None keeps what is stored, "" removes it;
    `forwards` None keeps what was said of handing on.
    Raises ValidationError with sentences, by field. Only for a person who looks after the house,
    which the caller checks; `by` None is a command on the machine."""
    name = _checked_name(name)
    existing = Connection.objects.filter(provider=provider, name=name).first()
    if provider.slug == Provider.DEMO:
        raise ValidationError("The demonstration is built in; it can only be switched on or off.")
    base_url = base_url.strip() or (existing.base_url if existing else provider.fact("base_url"))
    target = _checked_target(provider, base_url or "", at_home=at_home, resolver=resolver)
    secret = _checked_credential(credential)
    return _store(provider, name, target, secret, at_home, forwards, by)


def as_it_would_be(
    connection: Connection,
    *,
    base_url: str,
    credential: str,
    at_home: bool,
    resolver: Lookup = system_lookup,
) -> Connection:
    """The connection with these in place, not saved: to be tried before it is. Raises
    ValidationError as saving does."""
    target = _checked_target(connection.provider, base_url, at_home=at_home, resolver=resolver)
    draft = copy.copy(connection)
    draft.move_to(target.url())
    draft.is_at_home = at_home
    draft.set_credential(_checked_credential(credential) or "")
    return draft


@transaction.atomic
def remove(connection: Connection, *, by: User | None) -> None:
    """Takes with it the endpoints and models that only this connection had; receipts stay."""
    discovery.tell_gone(connection)
    endpoints = Endpoint.objects.filter(own_link__connection=connection)
    own = LanguageModel.objects.filter(source=Source.OWN, endpoints__in=endpoints)
    models, authors = list(own.values_list("pk", flat=True)), list(own.values_list("author_id"))
    endpoints.delete()
    LanguageModel.objects.filter(pk__in=models, endpoints__isnull=True).delete()
    Author.objects.filter(pk__in=[pk for (pk,) in authors], models__isnull=True).delete()
    _record(connection, "connection.removed", by)
    connection.delete()


@transaction.atomic
def switch(connection: Connection, *, on: bool, by: User | None) -> None:
    """A connection that is off takes no calls and keeps everything else."""
    connection.is_enabled = on
    connection.save(update_fields=["is_enabled"])
    _record(connection, "connection.switched_on" if on else "connection.switched_off", by)


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 100 or not name.isprintable():
        raise ValidationError({"name": "Give the connection a name of at most 100 letters."})
    return name


def _checked_target(
    provider: Provider, base_url: str, *, at_home: bool, resolver: Lookup
) -> Target:
    if not base_url:
        raise ValidationError(
            {
                "base_url": f"{provider.name} has no single address; give the base URL (--base-url)"
                " that stands in its documentation or in your account there."
            }
        )
    try:
        target = Target.from_url(_without_ending(base_url))
        guard = Guard(own_ports(), target if at_home else None, resolver)
        guard.addresses(target.host, target.port)
    except OutboundRefused as refused:
        raise ValidationError({"base_url": refused.reason}) from None
    except OSError:
        pass  # a name nobody knows today may be known tomorrow; the test says so
    if len(target.url()) > 300:
        raise ValidationError({"base_url": "The base URL is longer than 300 letters."})
    return target


def _without_ending(url: str) -> str:
    """People copy the address of one request as often as the base of all."""
    url = url.strip().rstrip("/")
    for ending in ENDINGS:
        if url.endswith(ending):
            return url.removesuffix(ending)
    return url


def _checked_credential(credential: str | None) -> str | None:
    if credential is None:
        return None
    credential = credential.strip()
    if len(credential) > 10_000 or not all("!" <= sign <= "~" for sign in credential):
        raise ValidationError(
            {"credential": "The key has a space or a sign in it that no key has; copy it again."}
        )
    return credential


@transaction.atomic
def _store(
    provider: Provider,
    name: str,
    target: Target,
    secret: str | None,
    at_home: bool,
    forwards: bool | None,
    by: User | None,
) -> Connection:
    connection, is_new = Connection.objects.select_for_update().get_or_create(
        provider=provider, name=name, defaults={"base_url": target.url(), "created_by": by}
    )
    was = connection.stays_home, connection.attested_on
    if not connection.leads_to(target.url()):
        discovery.forget(connection)
    connection.move_to(target.url())
    connection.is_at_home = at_home
    if forwards is not None:
        connection.forwards_elsewhere = forwards
    if secret is not None:
        connection.set_credential(secret)
    connection.save()
    if was != (connection.stays_home, connection.attested_on):
        Household.judge_anew()  # what may go there is not what it was
    _record(connection, "connection.created" if is_new else "connection.changed", by)
    return connection


def _record(connection: Connection, verb: str, by: User | None) -> None:
    audit.record(
        actor=by,
        verb=verb,
        subject=connection.name,
        details={
            "provider": connection.provider.slug,
            "base_url": connection.base_url,
            "at_home": connection.is_at_home,
            "forwards_elsewhere": connection.forwards_elsewhere,
            "has_key": bool(connection.credential),
        },
    )
