"""Who asks, and which of the ids in a question are theirs. Whatever is not gets the same answer,
whether it exists or not."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.http import HttpRequest

from apps.accounts.models import User
from apps.gateway.api import key_of, secret_of
from apps.gateway.usage_api.spans import BEGINNING, END, ZONE
from apps.keys.models import ApiKey
from apps.routing.errors import Refusal, invalid
from apps.usage.reach import Reach
from apps.usage.sums import Asked, sums

DIGEST = re.compile(r"[0-9a-f]{64}")


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

    def check_hash(self, digest: str) -> None:
        if DIGEST.fullmatch(digest) is None:
            raise invalid("api_key_hash must be a SHA-256 in 64 small hexadecimal digits.")
        if digest != self.digest:
            raise not_yours("key", "hash")

    def check_workspace(self, number: str) -> None:
        if number != str(self.key.project_id):
            raise not_yours("project", "id")

    def person_of(self, public_id: str) -> int:
        """The person's number. A key that several people are behind speaks for each of them."""
        try:
            wanted = UUID(public_id)
        except ValueError:
            raise invalid("user_id must be an id as GET /key tells creator_user_id.") from None
        person = User.objects.filter(public_id=wanted).only("pk").first()
        if person is None or person.pk not in self._people:
            raise not_yours("person", "id")
        return person.pk

    @cached_property
    def _people(self) -> frozenset[int | str]:
        ever = Asked(BEGINNING, END, ZONE, by=("person",))
        return frozenset({self.key.owner_id, *(one.group[0] for one in sums(self.reach, ever))})


def not_yours(what: str, by: str) -> Refusal:
    return Refusal(
        404, "not_found", f"A key reads its own calls only; no {what} of them has that {by}."
    )
