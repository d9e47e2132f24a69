"""Stacked columns and small lines as SVG: plain numbers in, attributes out. No script draws them,
and the same figures stand beside them as a table. Pure."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

Number = Decimal | int
STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
MOST_LINES = 5
WIDEST = 44.0
LABEL_WIDTH = 58
GAP = 1.3
SPARK_WIDTH, SPARK_HEIGHT = 100, 32


class Frame(NamedTuple):
    """The size of a drawing; `left` is kept free for the figures of its lines."""

    width: int
    height: int
    left: int = 44
    top: int = 8
    foot: int = 26

    @property
    def base(self) -> int:
        return self.height - self.foot


# Each is shown no smaller than it is drawn, so that letters stay 11 px and more.
WIDE, MIDDLE, NARROW = Frame(780, 230), Frame(610, 220), Frame(284, 210)


class Line(NamedTuple):
    y: str
    text_y: str
    words: str


class Bar(NamedTuple):
    """`kind` is a colour of the charts, c1 to c6."""

    kind: str
    x: str
    y: str
    width: str
    height: str


class Mark(NamedTuple):
    x: str
    words: str


class Drawing(NamedTuple):
    frame: Frame
    lines: list[Line]
    bars: list[Bar]
    marks: list[Mark]

    @property
    def label_x(self) -> int:
        return self.frame.left - 8

    @property
    def mark_y(self) -> int:
        return self.frame.height - 6


def draw(
    columns: Sequence[Sequence[Number]], names: Sequence[str], frame: Frame, *, is_money: bool
) -> Drawing:
    """Each column is its parts from the bottom up; the last part is the others. `names` stand below
    the columns, as many as there is room for, counted from the last."""
    ticks = ticks_for(
        max((sum(map(Decimal, parts), Decimal(0)) for parts in columns), default=Decimal(0))
    )
    top, room = ticks[-1] or Decimal(1), frame.base - frame.top
    each = (frame.width - frame.left) / max(len(columns), 1)
    width = min(each * 0.7, WIDEST)
    bars: list[Bar] = []
    for number, parts in enumerate(columns):
        x, y = frame.left + each * number + (each - width) / 2, float(frame.base)
        for series, part in enumerate(parts):
            height = float(Decimal(part) / top) * room
            if height >= 0.4:
                bars.append(_bar(series, len(parts), x, y, width, height))
                y -= height
    lines = [_line(tick, top, frame, is_money) for tick in ticks]
    return Drawing(frame, lines, bars, _marks(names, frame, each))


def ticks_for(most: Decimal) -> list[Decimal]:
    """From zero in even steps of 1, 2 or 5 to at least the most."""
    if most <= 0:
        return [Decimal(0)]
    rough = most / MOST_LINES
    size = Decimal(10) ** rough.adjusted()
    step = next(size * one for one in STEPS if size * one >= rough)
    count = int((most / step).to_integral_value(ROUND_CEILING))
    return [step * number for number in range(count + 1)]


def spark(values: Sequence[Number]) -> str:
    """Path data of a small line; flat where nothing happened."""
    most = max(map(Decimal, values), default=Decimal(0)) or Decimal(1)
    each = SPARK_WIDTH / max(len(values) - 1, 1)
    points = [
        f"{number * each:.1f} {29 - float(Decimal(value) / most) * 26:.1f}"
        for number, value in enumerate(values)
    ]
    return "M" + " L".join(points) if points else ""


def tick_words(value: Decimal, *, is_money: bool) -> str:
    plain = f"{value.normalize():f}"
    if not is_money:
        return f"{value / 1_000_000:g}M" if value >= 1_000_000 else _thousands(value)
    whole, _, part = plain.partition(".")
    return f"${int(whole):,}.{part.ljust(2, '0')}" if part else f"${int(whole):,}"


def _thousands(value: Decimal) -> str:
    return f"{value / 1000:g}k" if value >= 10_000 else f"{value.normalize():f}"


def _bar(series: int, of: int, x: float, y: float, width: float, height: float) -> Bar:
    kind = "c6" if series == of - 1 else f"c{series + 1}"
    shown = max(height - GAP, 0.4)
    return Bar(kind, f"{x:.1f}", f"{y - shown:.1f}", f"{width:.1f}", f"{shown:.1f}")


def _line(tick: Decimal, top: Decimal, frame: Frame, is_money: bool) -> Line:
    y = frame.base - float(tick / top) * (frame.base - frame.top)
    return Line(f"{y:.1f}", f"{y + 3.5:.1f}", tick_words(tick, is_money=is_money))


def _marks(names: Sequence[str], frame: Frame, each: float) -> list[Mark]:
    """Every so many columns, so that names never touch."""
    apart = next((n for n in (1, 2, 3, 4, 6, 7, 14) if n * each >= LABEL_WIDTH), len(names) or 1)
    return [
        Mark(f"{frame.left + each * (number + 0.5):.1f}", name)
        for number, name in enumerate(names)
        if (len(names) - 1 - number) % apart == 0
    ]
