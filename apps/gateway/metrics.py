"""Prometheus text: this process's counters, and the house's sums from the database."""

from dataclasses import asdict

from django.core.cache import cache
from django.db import connection

from apps.gateway import house as running
from apps.gateway.reconcile import DONE

SUMS = "SELECT coalesce(sum(requests), 0), coalesce(sum(cost_usd), 0) FROM usage_usagequarter"
OPEN = "SELECT count(*) FROM usage_generation WHERE state = 'open'"
HELP = {
    "reserve_batches": "Reserve statements sent.",
    "reserve_calls": "Calls in those statements.",
    "settle_batches": "Settle statements sent.",
    "settle_calls": "Calls in those statements.",
    "settled_late": "Calls answered before their settlement was durable.",
    "settled_above_hold": "Calls whose cost passed their hold.",
    "settled_before": "Settlements that found their call closed by the sweep.",
    "undecided": "Calls refused because no decision came in time.",
}


def exposition() -> str:
    """Counters of a process carry its id: a scrape reaches one of several."""
    house = running.current()
    label = f'{{process="{house.lease.process_id}"}}'
    lines: list[str] = []
    for name, value in asdict(house.money.counts).items():
        lines += _metric(f"gatehouse_{name}_total", HELP[name], "counter", value, label)
    lines += _metric(
        "gatehouse_running_calls", "Calls in flight here.", "gauge", len(house.running), label
    )
    lines += _metric(
        "gatehouse_listening",
        "Whether changes are heard at once.",
        "gauge",
        int(house.view.is_listening),
        label,
    )
    with connection.cursor() as cursor:
        cursor.execute(SUMS)
        requests, cost = cursor.fetchone()
        cursor.execute(OPEN)
        (unfinished,) = cursor.fetchone()
    lines += _metric("gatehouse_calls_total", "Calls closed in this house.", "counter", requests)
    lines += _metric("gatehouse_cost_usd_total", "What they cost, in USD.", "counter", cost)
    lines += _metric("gatehouse_open_calls", "Calls not yet closed.", "gauge", unfinished)
    lines += reconciled()
    return "\n".join(lines) + "\n"


def reconciled() -> list[str]:
    """Nothing before the first night."""
    last = cache.get(DONE)
    if last is None:
        return []
    return [
        *_metric(
            "gatehouse_differences",
            "Sums that did not agree with their calls when they were last compared.",
            "gauge",
            last["differences"],
        ),
        *_metric("gatehouse_reconciled_seconds", "When that was.", "gauge", last["at"]),
    ]


def _metric(name: str, text: str, kind: str, value: object, label: str = "") -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}", f"{name}{label} {value}"]
