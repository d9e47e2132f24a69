"""Who asks, and which of the ids in a question are theirs."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.http import HttpRequest

from apps.accounts.models import User
from apps.gateway.api import key_of, secret_of
from apps.gateway.usage_api.spans import END, ZONE
from apps.keys.models import ApiKey
from apps.usage.models import App
from apps.usage.reach import Reach
from apps.usage.spend import BEGINNING
from apps.usage.sums import Asked, sums


@dataclass(frozen=True)
class Asker:
    """`digest` is the key's SHA-256, by which OpenRouter's clients name it; this house keeps only
    one that tells nothing to whoever reads its database."""

    key: ApiKey
    digest: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Asker":
        """Raises Refusal."""
        key = key_of(request)
        return cls(key, hashlib.sha256(secret_of(request).encode("latin-1")).hexdigest())

    @property
    def reach(self) -> Reach:
        return Reach.of_key(self.key.pk)

    def ids_of(self, dimension: str, value: str) -> list[str]:
        """How rows name what is asked for; nothing for what is not among the key's own calls. An
        app may be asked for by what identifies it or by its name, which several may share."""
        if dimension == "api_key_id":
            return [str(self.key.pk)] if value in (self.digest, str(self.key.pk)) else []
        if dimension == "workspace":
            return [value] if value == str(self.key.project_id) else []
        if dimension == "user":
            person = self.person_of(value)
            return [str(person.public_id)] if person else []
        if dimension == "app" and "\0" not in value:
            named = App.objects.filter(name=value).values_list("identity", flat=True)
            return [value, *named]
        return [value]

    def person_of(self, public_id: str) -> User | None:
        """A key that several people are behind speaks for each of them."""
        try:
            found = User.objects.filter(public_id=UUID(public_id)).first()
        except ValueError:
            return None
        return found if found and found.pk in self._people else None

    @cached_property
    def _people(self) -> frozenset[int | str]:
        ever = Asked(BEGINNING, END, ZONE, by=("person",))
        return frozenset({self.key.owner_id, *(one.group[0] for one in sums(self.reach, ever))})
