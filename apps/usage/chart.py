"""Stacked columns and small lines as SVG: plain numbers in, attributes out. They are there before
any script, and the same figures stand beside them as a table. Pure."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

Number = Decimal | int
STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
MOST_LINES = 5
WIDEST = 44.0
LABEL_WIDTH = 58
APART = (1, 2, 3, 4, 6, 7, 14, 28, 56, 112, 224)
GAP = 1.3
SPARK_WIDTH, SPARK_HEIGHT = 100, 32


class Frame(NamedTuple):
    """The size of a drawing; `left` is kept free for the figures of its lines."""

    width: int
    height: int
    left: int = 44
    top: int = 8
    foot: int = 26
    steps: int = MOST_LINES

    @property
    def base(self) -> int:
        return self.height - self.foot


# Each is shown no smaller than it is drawn, so that letters stay 11 px and more.
WIDE, MIDDLE, SMALL = Frame(780, 230), Frame(610, 220), Frame(284, 84, foot=20, steps=2)


class Line(NamedTuple):
    y: str
    text_y: str
    words: str


class Shape(NamedTuple):
    """All bars of one series. `kind` is a colour of the charts, c1 to c6."""

    kind: str
    path: str


class Mark(NamedTuple):
    x: str
    words: str


class Drawing(NamedTuple):
    frame: Frame
    lines: list[Line]
    shapes: list[Shape]
    marks: list[Mark]
    limit: Line | None

    @property
    def label_x(self) -> int:
        return self.frame.left - 8

    @property
    def mark_y(self) -> int:
        return self.frame.height - 6


def draw(
    columns: Sequence[Sequence[Number]],
    names: Sequence[str],
    kinds: Sequence[str],
    frame: Frame,
    *,
    is_money: bool,
    limit: Decimal | None = None,
    most: Number = 0,
) -> Drawing:
    """Each column is its parts from the bottom up, one for each of `kinds`. `names` stand below the
    columns, as many as there is room for, counted from the last. `most` is for drawings that stand
    beside each other: what the tallest column of them all is."""
    tallest = max(most_of(columns), Decimal(most), limit or Decimal(0))
    ticks = ticks_for(tallest, frame.steps)
    top, room = ticks[-1] or Decimal(1), frame.base - frame.top
    scale = room / float(top)
    each = (frame.width - frame.left) / max(len(columns), 1)
    width = min(each * 0.7, WIDEST)
    gap = min(GAP, each / 8)
    bars: list[list[str]] = [[] for _ in kinds]
    for number, parts in enumerate(columns):
        x, y = frame.left + each * number + (each - width) / 2, float(frame.base)
        for series, part in enumerate(parts):
            height = float(part) * scale
            if height >= 0.4:
                bars[series].append(_bar(x, y, width, max(height - gap, 0.4)))
                y -= height
    shapes = [Shape(kind, "".join(of)) for kind, of in zip(kinds, bars, strict=True) if of]
    lines = [_line(tick, top, frame, is_money) for tick in ticks]
    drawn = _line(limit, top, frame, is_money) if limit else None
    return Drawing(frame, lines, shapes, _marks(names, frame, each), drawn)


def most_of(columns: Sequence[Sequence[Number]]) -> Decimal:
    """The tallest column."""
    return Decimal(max(map(sum, columns), default=0))


def ticks_for(most: Decimal, steps: int = MOST_LINES) -> list[Decimal]:
    """From zero in even steps of 1, 2 or 5 to at least the most."""
    if most <= 0:
        return [Decimal(0)]
    rough = most / steps
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


def _bar(x: float, base: float, width: float, height: float) -> str:
    return f"M{x:.1f} {base - height:.1f}h{width:.1f}V{base:.1f}h-{width:.1f}z"


def _line(tick: Decimal, top: Decimal, frame: Frame, is_money: bool) -> Line:
    y = frame.base - float(tick / top) * (frame.base - frame.top)
    return Line(f"{y:.1f}", f"{y + 3.5:.1f}", tick_words(tick, is_money=is_money))


def _marks(names: Sequence[str], frame: Frame, each: float) -> list[Mark]:
    """Every so many columns, so that names never touch."""
    apart = next(
        (n for n in (1, 2, 3, 4, 6, 7, 14, 28, 56, 112, 224) if n * each >= LABEL_WIDTH),
        len(names) or 1,
    )
    return [
        Mark(f"{frame.left + each * (number + 0.5):.1f}", name)
        for number, name in enumerate(names)
        if (len(names) - 1 - number) % apart == 0
    ]
