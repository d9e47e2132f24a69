"""The field of doors: one small arch per model, drawn as two SVG paths. Pure."""

from typing import NamedTuple

COLUMNS = 28
STEP_X, STEP_Y = 15, 20


class Doors(NamedTuple):
    """`open` and `shut` are path data within `box`; the open ones come first."""

    box: str
    open: str
    shut: str


def field_of_doors(*, open_count: int, shut_count: int) -> Doors:
    total = open_count + shut_count
    rows = max(-(-total // COLUMNS), 1)
    arches = [_arch(number) for number in range(total)]
    return Doors(
        box=f"0 0 {COLUMNS * STEP_X - 4} {rows * STEP_Y - 5}",
        open="".join(arches[:open_count]),
        shut="".join(arches[open_count:]),
    )


def _arch(number: int) -> str:
    row, column = divmod(number, COLUMNS)
    x, y = column * STEP_X, row * STEP_Y
    return f"M{x}.5 {y + 14}.5v-9a5 5 0 0 1 10 0v9z"
