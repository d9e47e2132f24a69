"""How a fresh house gets its owner: by a one-time link, by exactly one person."""

import hmac
import secrets

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from apps.accounts import setting_up
from apps.accounts.audit import record
from apps.accounts.models import Household, User


class HouseTaken(Exception):
    """The set-up link is wrong, was replaced by a newer one, or the house has an owner."""


def setup_link() -> str | None:
    """Makes the one-time link, replacing an earlier one; None once the house has an owner."""
    with transaction.atomic():
        household = Household.current(lock=True)
        if has_owner():
            return None
        token = secrets.token_urlsafe(32)
        household.setup_digest = settings.HOUSE_SECRETS.digest(token)
        household.save(update_fields=["setup_digest"])
    return f"{settings.GATEHOUSE_URL}/setup/{token}/"


def has_owner() -> bool:
    return User.objects.filter(role=User.Role.OWNER).exists()


def opens(token: str) -> bool:
    """Whether the link is the current one of a house without an owner."""
    return _fits(Household.current(), token) and not has_owner()


@transaction.atomic
def claim(
    *,
    token: str | None,
    email: str,
    password: str,
    name: str = "",
    household_name: str = "",
    zone: str = "",
) -> User:
    """Makes the owner and spends the link. Of two who come at once the row lock lets one through;
    the other gets HouseTaken. Without a token (None) only a command on the machine may ask, and
    whoever sets a house up by commands is led through no further steps."""
    household = Household.current(lock=True)
    if has_owner() or (token is not None and not _fits(household, token)):
        raise HouseTaken
    owner = _make_owner(email=email, password=password, name=name)
    household.name = household_name.strip() or household.name
    household.zone = zone or household.zone
    household.setup_digest = None
    household.setup_step = "" if token is None else setting_up.FIRST
    household.full_clean(exclude=["check_value", "setup_digest"])
    household.save()
    record(actor=owner, verb="house.claimed", subject=household.name)
    return owner


def _fits(household: Household, token: str) -> bool:
    if not household.setup_digest:
        return False
    return hmac.compare_digest(bytes(household.setup_digest), settings.HOUSE_SECRETS.digest(token))


def _make_owner(*, email: str, password: str, name: str) -> User:
    validate_password(password, User(email=email, name=name))
    return User.objects.create_user(
        email=email, password=password, name=name.strip(), role=User.Role.OWNER
    )
