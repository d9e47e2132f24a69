"""How long each rule reads a megabyte that is made to keep it busy. Best of five: what else the
machine does is not the rule's."""

import time
from collections.abc import Callable

from apps.routing.redaction import shadow
from apps.routing.redaction.bounds import TooMany
from apps.routing.redaction.detectors import DETECTORS
from tests.redaction import near_hits

MEGABYTE, TIMES, GOAL_MS = 1_000_000, 5, 50.0


def report_rules() -> None:
    print(f"{'a megabyte, ms':<20}{'prose':>8}{'digits':>8}{'worst':>8}  made of")
    plain = [near_hits.text(near_hits.TEXTS[name][1], MEGABYTE) for name in ("prose", "digits")]
    for slug, detector in DETECTORS.items():
        prose, digits = (_best(detector.find, text)[0] for text in plain)
        worst, made_of = max(
            (_best(detector.find, near_hits.text(piece, MEGABYTE)), name)
            for name, (meant_for, piece) in near_hits.TEXTS.items()
            if meant_for == slug
        )
        said = f"{made_of}{', stopped' if worst[1] else ''}"
        is_met = "met" if worst[0] <= GOAL_MS else "MISSED"
        print(f"{slug:<20}{prose:>8.1f}{digits:>8.1f}{worst[0]:>8.1f}  {said}  {is_met}")


def _best(find: Callable[[str], object], text: str) -> tuple[float, bool]:
    """Milliseconds, and whether it was stopped."""
    best, is_stopped = float("inf"), False
    for _ in range(TIMES):
        shadow.shadow_of("")  # nothing is kept of the last time
        begun = time.process_time()
        try:
            find(text)
        except TooMany:
            is_stopped = True
        best = min(best, (time.process_time() - begun) * 1000)
    return best, is_stopped


if __name__ == "__main__":
    report_rules()
