"""Which app a call comes from, by what it says of itself. Its address identifies it, its title
names it; else the key's own app name counts, else a front end the household trusts, else a client
whose User-Agent the house knows. Nothing a header says is believed further than that."""

import ipaddress
import posixpath
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from apps.gateway import known_apps
from apps.gateway.known_apps import LONGEST_AGENT, NOBODY
from apps.usage.app_names import CATEGORIES, LONGEST, Told, cleaned

MOST_BYTES = 600  # of one header: what is longer is cut before anybody reads it
SHORT = 500  # headers longer than that together are read each time, not remembered
MOST_CATEGORIES = 2
FRONT_END = b"x-openwebui-"
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
PATH = re.compile(r"[!-~]*")
USUAL_PORTS = {"http": 80, "https": 443}


def app_of(headers: Mapping[bytes, bytes], *, key_app: str, is_front_end: bool = False) -> Told:
    """`key_app` is the name the key's owner gave; `is_front_end`: its headers about people are
    trusted."""
    address = headers.get(b"http-referer", b"")
    title = headers.get(b"x-openrouter-title") or headers.get(b"x-title") or b""
    if address or title:
        categories = headers.get(b"x-openrouter-categories", b"")
        short = len(address) + len(title) + len(categories) <= SHORT
        told = (_read if short else _read.__wrapped__)(
            address[:MOST_BYTES], title[:MOST_BYTES], categories[:MOST_BYTES]
        )
        if told.identity:
            return told
    if key_app:
        return known_apps.named(key_app)
    if is_front_end and any(name.startswith(FRONT_END) for name in headers):
        return known_apps.named("Open WebUI")
    agent = headers.get(b"user-agent", b"")
    return known_apps.by_agent(agent[:LONGEST_AGENT]) if agent else NOBODY


def address_of(referer: str) -> str:
    """Host and path, without scheme, usual port, `www.`, query and fragment; nothing where it is no
    address, or one that every machine calls its own."""
    text = referer.strip()
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    if parts.scheme not in USUAL_PORTS or not host or not ("//" in text or "." in host):
        return ""
    if port and port != USUAL_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    path = posixpath.normpath("/" + parts.path.lstrip("/"))
    whole = host if path == "/" or not PATH.fullmatch(path) else host + path
    return next((one for one in (whole, host) if len(one) <= LONGEST), "")


@lru_cache(2048)
def _read(address: bytes, title: bytes, categories: bytes) -> Told:
    where = address_of(_text(address)) if address else ""
    name = cleaned(_text(title))
    wanted = _categories(_text(categories))
    if where:
        app = known_apps.at(where)
        return Told(app.identity, name or app.name, wanted or app.categories)
    if name:
        app = known_apps.named(name)
        return Told(app.identity, name, wanted or app.categories)
    return NOBODY


def _host(name: str) -> str:
    """As every spelling of it is written; nothing for this machine's own names. Raises ValueError
    where no machine is called that."""
    host = name.rstrip(".").lower()
    try:
        number = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return _name(host if host.isascii() else host.encode("idna").decode())
    if number.is_loopback or number.is_unspecified:
        return ""
    return f"[{number}]" if number.version == 6 else str(number)


def _name(host: str) -> str:
    is_ours = host == "localhost" or host.endswith(".localhost")
    return host.removeprefix("www.") if HOST.fullmatch(host) and not is_ours else ""


def _categories(text: str) -> tuple[str, ...]:
    """Those that exist, two of them; others are dropped in silence, as OpenRouter does."""
    wanted = (one.strip().lower() for one in text.split(","))
    return tuple(dict.fromkeys(one for one in wanted if one in CATEGORIES))[:MOST_CATEGORIES]


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:  # older clients write headers so
        return raw.decode("latin-1")
