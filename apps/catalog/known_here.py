"""Models as this house knows them: what is done with what is sent to an endpoint at home, or
through an account that agreed on more, is not what the public knows of it. Pure."""

from dataclasses import replace

from apps.catalog.data_policy import AGREED, HOME
from apps.catalog.filters import Around
from apps.catalog.listing import Entry, Listing, Offer


def known_here(listing: Listing, around: Around) -> Listing:
    """The same listing to who knows nothing more. Made once for as long as both stand: its models
    are then written once too."""
    facts = around.at_home, around.keep_nothing, around.never_train
    if not any(facts):
        return listing
    held = listing.kept.get("here")
    if held is None or any(one is not other for one, other in zip(held[0], facts, strict=True)):
        entries = {slug: _known(entry, around) for slug, entry in listing.entries.items()}
        held = listing.kept["here"] = facts, Listing(entries, listing.authors, listing.providers)
    known: Listing = held[1]
    return known


def _known(entry: Entry, around: Around) -> Entry:
    offers = tuple(_agreed(one, around) for one in entry.offers)
    is_same = all(one is other for one, other in zip(offers, entry.offers, strict=True))
    return entry if is_same else replace(entry, offers=offers)


def _agreed(offer: Offer, around: Around) -> Offer:
    if offer.endpoint_id in around.at_home:
        return replace(offer, keeps_nothing=True, never_trains=True, badges=HOME)
    if offer.keeps_nothing and offer.never_trains:
        return offer
    if offer.endpoint_id in around.keep_nothing and offer.endpoint_id in around.never_train:
        return replace(offer, keeps_nothing=True, never_trains=True, badges=AGREED)
    return offer
