"""Figures counted in logarithmic buckets, so that sums over any span still tell the percentiles:
eight to a doubling, which keeps each within 5 % of the truth. A histogram is bucket → count; its
buckets are written as text, as JSON has them."""

import math
from collections.abc import Mapping

from apps.routing.speed import Spread

TO_A_DOUBLING = 8
LEAST, MOST = 0.01, 1e9
SHARES = (0.5, 0.75, 0.9, 0.99)

Histogram = Mapping[str, int]


def bucket_of(figure: float) -> str:
    return str(math.floor(TO_A_DOUBLING * math.log2(min(max(figure, LEAST), MOST))))


def middle_of(bucket: str) -> float:
    return float(2 ** ((int(bucket) + 0.5) / TO_A_DOUBLING))


def spread_of(histogram: Histogram, *, more_is_better: bool = False) -> Spread | None:
    """None where nothing was counted. Where more is better, nine of ten did at least p90."""
    total = sum(histogram.values())
    if not total:
        return None
    best_first = sorted(histogram, key=int, reverse=more_is_better)
    return Spread(*(_reached(histogram, best_first, math.ceil(s * total)) for s in SHARES))


def _reached(histogram: Histogram, best_first: list[str], rank: int) -> float:
    seen = 0
    for bucket in best_first:
        seen += histogram[bucket]
        if seen >= rank:
            break
    return round(middle_of(bucket), 1)
