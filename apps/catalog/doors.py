"""The field of doors: one small arch per model, drawn as two SVG paths. Pure."""

from typing import NamedTuple

COLUMNS = 28
STEP_X, STEP_Y = 15, 20


class Doors(NamedTuple):
    """`open`, `lost` and `shut` are path data within `box`, in this order: what is open, what was
    used and would close, what is closed."""

    box: str
    open: str
    lost: str
    shut: str


def field_of_doors(
    *, open_count: int, shut_count: int, lost_count: int = 0, columns: int = COLUMNS
) -> Doors:
    total = open_count + lost_count + shut_count
    rows = max(-(-total // columns), 1)
    arches = [_arch(number, columns) for number in range(total)]
    return Doors(
        box=f"0 0 {columns * STEP_X - 4} {rows * STEP_Y - 5}",
        open="".join(arches[:open_count]),
        lost="".join(arches[open_count : open_count + lost_count]),
        shut="".join(arches[open_count + lost_count :]),
    )


def _arch(number: int, columns: int) -> str:
    row, column = divmod(number, columns)
    x, y = column * STEP_X, row * STEP_Y
    return f"M{x}.5 {y + 14}.5v-9a5 5 0 0 1 10 0v9z"
