"""How often each rule hit, by project and day: counted in the process, written every few seconds in
one statement. A count, nothing that anything depends on: a killed process loses its last ones."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from apps.accounts.zone import household_zone
from apps.gateway.snapshot import in_thread
from apps.routing.redaction.scrub import Hit

log = structlog.get_logger(__name__)

WRITE_SECONDS = 5.0
SQL = """
    INSERT INTO guardrails_rulehits (project_id, rule, action, day, count)
    SELECT p.id, h.rule, h.action, %(day)s, h.count
      FROM unnest(%(projects)s::bigint[], %(rules)s::text[], %(actions)s::text[],
                  %(counts)s::bigint[]) h(project_id, rule, action, count)
      JOIN projects_project p ON p.id = h.project_id
     ORDER BY p.id, h.rule, h.action
        ON CONFLICT (project_id, rule, action, day)
        DO UPDATE SET count = guardrails_rulehits.count + excluded.count
"""


class Kind(NamedTuple):
    project_id: int
    rule: str
    action: str


class RuleHits:
    """The counts of one web process that are not written yet."""

    def __init__(self) -> None:
        self._counts: Counter[Kind] = Counter()

    def note(self, project_id: int, hits: Iterable[Hit]) -> None:
        for hit in hits:
            self._counts[Kind(project_id, hit.rule, hit.action.name.lower())] += hit.count

    async def keep(self) -> None:
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await self.write()

    async def write(self) -> None:
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            await asyncio.to_thread(in_thread, lambda: _write(counts))
        except DatabaseError as problem:
            self._counts.update(counts)
            log.warning("rule_hits_not_written", problem=type(problem).__name__)


def _write(counts: Mapping[Kind, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            SQL,
            {
                "day": timezone.localdate(timezone=household_zone()),
                "projects": [kind.project_id for kind in counts],
                "rules": [kind.rule for kind in counts],
                "actions": [kind.action for kind in counts],
                "counts": list(counts.values()),
            },
        )
