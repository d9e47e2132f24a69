"""Whom the house believes: the machine's own list of authorities, where a household may have added
one of its own, and the list that comes with the packages, for machines that have none."""

import functools
import ssl

import certifi


@functools.cache
def trust() -> ssl.SSLContext:
    """Loading the lists takes tens of milliseconds, so it happens once per process."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
