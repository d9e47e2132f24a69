"""What chats a project keeps, for whoever sets it to keep nothing. Chats live in a room above this
one, which registers here how they are counted and deleted when it opens."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.projects.models import Project


@dataclass(frozen=True)
class Keeper:
    """Both take a project, or None for the whole house."""

    count: Callable[[Project | None], int]
    delete: Callable[[Project | None], int]


_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    if keeper not in _keepers:
        _keepers.append(keeper)


def count(project: Project | None) -> int:
    """How many chats are stored."""
    return sum(keeper.count(project) for keeper in _keepers)


def delete(project: Project | None) -> int:
    """Destroys them with their keys, for good; says how many there were. Call it in the transaction
    that sets the switch, behind the switch."""
    return sum(keeper.delete(project) for keeper in _keepers)
