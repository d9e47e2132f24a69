"""The ports this house itself listens on: no connection may lead back to them."""

from urllib.parse import urlsplit

from django.conf import settings


def own_ports() -> frozenset[int]:
    """The web port, and the database's and the queue's where they listen on one (the embedded
    ones do not; the guard counts a port as ours on this machine's own addresses only)."""
    ports = {settings.GATEHOUSE_PORT}
    if not settings.DATABASE.host.startswith("/"):
        ports.add(int(settings.DATABASE.port))
    broker = urlsplit(settings.CELERY_BROKER_URL)
    if broker.port:
        ports.add(broker.port)
    return frozenset(ports)
