"""The conditions of a question: each names a dimension, an operator and values by their ids."""

from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any

from apps.gateway.usage_api.asker import Asker
from apps.gateway.usage_api.vocabulary import DIMENSIONS, OPERATORS, ORDERED
from apps.gateway.usage_api.wrong import not_yours, unknown
from apps.routing.errors import invalid

MOST_FILTERS = 20
MOST_VALUES = 500
COMPARED = {"gt": gt, "gte": ge, "lt": lt, "lte": le}
NEEDED, ALL = {"field", "operator", "value"}, {"field", "operator", "value", "include_unset"}


@dataclass(frozen=True)
class Filter:
    field: str
    operator: str
    values: tuple[str, ...]
    includes_unset: bool = False

    def passes(self, value: str) -> bool:
        """What has no value is not among others, but it is something else than any of them."""
        if self.operator in COMPARED:
            return bool(COMPARED[self.operator](value, self.values[0]))
        if self.operator == "neq":
            return value not in self.values
        if not value:
            return self.includes_unset
        return (value in self.values) is (self.operator != "not_in")


def filters_of(given: Any, asker: Asker) -> tuple[Filter, ...]:
    """Raises Refusal (400)."""
    if type(given) is not list or len(given) > MOST_FILTERS:
        raise invalid(f"filters must be a list of at most {MOST_FILTERS}.", field="filters")
    return tuple(_filter(one, f"filters[{number}]", asker) for number, one in enumerate(given))


def _filter(given: Any, where: str, asker: Asker) -> Filter:
    if type(given) is not dict or not NEEDED <= set(given) <= ALL:
        raise invalid(f"{where} must have a field, an operator and a value.")
    field, operator = given["field"], given["operator"]
    if type(field) is not str or field not in DIMENSIONS:
        raise unknown(field, "dimension", DIMENSIONS)
    if type(operator) is not str or operator not in OPERATORS:
        raise invalid(f"{where}.operator must be one of {', '.join(OPERATORS)}.")
    if operator in COMPARED and field != ORDERED:
        raise invalid(f"{where}: {operator} compares, and only {ORDERED} has an order.")
    values = _values(given["value"], operator, where)
    return Filter(
        field=field,
        operator=operator,
        values=_ids(field, values, where, asker),
        includes_unset=_includes_unset(given, field, operator, where),
    )


def _values(given: Any, operator: str, where: str) -> list[str]:
    is_list = OPERATORS[operator] == "array"
    if (type(given) is list) is not is_list:
        kind = "a list" if is_list else "one text or number"
        raise invalid(f"{where}.value must be {kind} for {operator}.")
    values = given if is_list else [given]
    if not 1 <= len(values) <= MOST_VALUES:
        raise invalid(f"{where}.value must have 1 to {MOST_VALUES} entries.")
    if not all(type(one) in (str, int) for one in values):
        raise invalid(f"{where}.value must be made of texts or whole numbers.")
    return [str(one) for one in values]


def _ids(field: str, values: list[str], where: str, asker: Asker) -> tuple[str, ...]:
    found: list[str] = []
    for value in values:
        ids = asker.ids_of(field, value)
        if not ids:
            raise invalid(f"{where}.value: {not_yours(field)}")
        found += ids
    return tuple(found)


def _includes_unset(given: dict[str, Any], field: str, operator: str, where: str) -> bool:
    wanted = given.get("include_unset")
    if wanted in (None, False):
        return False
    if wanted is not True:
        raise invalid(f"{where}.include_unset must be true or false.")
    if operator not in ("in", "not_in"):
        raise invalid(f"{where}.include_unset goes with in and not_in alone.")
    if not DIMENSIONS[field].has_unset:
        raise invalid(f"{where}.include_unset: no call is without {field}.")
    return True
