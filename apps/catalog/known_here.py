"""A model as this house knows it: what is done with what is sent to an endpoint at home, or through
an account that agreed on more, is not what the public knows of it. Pure."""

from dataclasses import replace

from apps.catalog.data_policy import AGREED, HOME
from apps.catalog.filters import Around
from apps.catalog.listing import Entry, Offer


def known_here(entry: Entry, around: Around) -> Entry:
    if entry.endpoints.isdisjoint(around.at_home | around.keep_nothing):
        return entry
    return replace(entry, offers=tuple(_known(one, around) for one in entry.offers))


def _known(offer: Offer, around: Around) -> Offer:
    if offer.endpoint_id in around.at_home:
        return replace(offer, keeps_nothing=True, never_trains=True, badges=HOME)
    is_agreed = offer.endpoint_id in around.keep_nothing & around.never_train
    if not is_agreed or (offer.keeps_nothing and offer.never_trains):
        return offer
    return replace(offer, keeps_nothing=True, never_trains=True, badges=AGREED)
