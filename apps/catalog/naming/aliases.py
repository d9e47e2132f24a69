"""The hand-kept file of names that mean the same, and of ids that are none of ours."""

import re
import tomllib
from pathlib import Path

from apps.catalog.naming.names import Identity, identify

FILE = Path(__file__).parent / "aliases.toml"


class Aliases:
    def __init__(self, path: Path = FILE) -> None:
        tables = tomllib.loads(path.read_text())
        self._drop = re.compile("|".join(f"(?:{one})" for one in tables["drop"]))
        self._alias: dict[str, str] = tables["alias"]
        self._author: dict[str, str] = tables["author"]

    def identify(self, provider: str, upstream_id: str) -> tuple[str, Identity] | None:
        """(key of the model, what the id says), or None when the id is left out."""
        if self._drop.search(upstream_id.lower()):
            return None
        identity = identify(provider, upstream_id)
        return (self.key(identity.key), identity) if identity else None

    def key(self, folded: str) -> str:
        return self._alias.get(folded, folded)

    def author(self, key: str) -> str | None:
        return self._author.get(key)
