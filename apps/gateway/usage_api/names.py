"""What stands behind the numbers of calls and sums: the ids that a question names them by, and the
names that an answer tells."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from apps.accounts.models import User
from apps.catalog.models import Endpoint
from apps.gateway.usage_api.vocabulary import DIMENSIONS
from apps.keys.models import ApiKey
from apps.projects.models import Project
from apps.usage.app_names import names_of_apps

STANDARD = "standard"


def endpoint_names(numbers: Iterable[int]) -> dict[int, str]:
    """The name of the provider of each that still exists."""
    rows = Endpoint.objects.filter(pk__in=set(numbers)).select_related("provider")
    return {row.pk: row.provider.fact("name") for row in rows}


class Names:
    """Of the dimensions in `fields`, for rows whose columns hold `found`. An id is a text, empty
    for none."""

    def __init__(self, fields: Collection[str], found: Mapping[str, Collection[Any]]) -> None:
        self._fields = [(field, DIMENSIONS[field].column) for field in fields]
        self._providers: dict[int, str] = {}
        self._people: dict[int, User] = {}
        self._words: dict[str, dict[str, str]] = {}
        if "provider" in fields:
            self._providers = endpoint_names(found["endpoint"])
        if "user" in fields:
            self._people = User.objects.in_bulk(list(found["person"]))
        if "api_key_id" in fields:
            keys = ApiKey.objects.in_bulk(list(found["key"])).items()
            self._words["api_key_id"] = {str(pk): one.name for pk, one in keys}
        if "workspace" in fields:
            projects = Project.objects.in_bulk(list(found["project"])).items()
            self._words["workspace"] = {str(pk): one.name for pk, one in projects}
        if "app" in fields:
            apps = names_of_apps(found["app"])
            self._words["app"] = {identity: one.name for identity, one in apps.items() if identity}
        self._by_id = {str(one.public_id): one for one in self._people.values()}

    def ids(self, row: Mapping[str, Any]) -> dict[str, str]:
        """From columns to dimensions."""
        return {field: self._id(field, row[column]) for field, column in self._fields}

    def told(self, dimension: str, value: str) -> dict[str, str | None]:
        """The columns of an answer. A person has two: name and address."""
        if dimension == "user":
            person = self._by_id.get(value)
            return {
                "user": person.shown_name if person else None,
                "user_email": person.email if person else None,
            }
        return {dimension: self._words.get(dimension, {}).get(value, value) or None}

    def _id(self, field: str, value: Any) -> str:
        if field == "provider":
            return self._providers.get(value, "")
        if field == "user":
            person = self._people.get(value)
            return str(person.public_id) if person else ""
        if field == "variant" and value:
            return str(value).partition(":")[2] or STANDARD
        return str(value or "")
