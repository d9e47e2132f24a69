"""Many calls at once, as rows of the database: each differs from the next in what sums are split
by, and in its figures."""

from datetime import datetime
from decimal import Decimal

from django.db import connection

from tests.cast import Cast

CALLS = """
    INSERT INTO usage_generation (
        id, state, created_at, closed_at, process_id, project_id, key_id, user_id, app,
        requested_model, is_streamed, bills_whole, window_ids, hold_usd, model, endpoint_id,
        cost_usd, prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens)
    SELECT 'gen-' || (extract(epoch FROM born) * 1000)::bigint || '-' || n, 'closed', born,
           born + interval '3 seconds', 'test', %(project)s + n %% 2, nullif(n %% 3, 0),
           (%(people)s::bigint[])[n %% 2 + 1], 'app ' || n %% 4, '', false, false, '{}', 0,
           'maker/model ' || n %% 6, nullif(n %% 6, 0), n %% 100003 * 0.000000000001 + n %% 11,
           n %% 1009, n %% 503, n %% 17, n %% 13
      FROM generate_series(1, %(count)s) n
     CROSS JOIN LATERAL (
           SELECT %(start)s::timestamptz
                + (n * 7919::bigint %% %(count)s) * (%(end)s::timestamptz - %(start)s) / %(count)s
               AS born) b
"""


def make_calls(cast: Cast, count: int, start: datetime, end: datetime) -> None:
    """Evenly over the span; receipts only."""
    values = {
        "project": cast.project.pk,
        "people": [cast.owner.pk, cast.member.pk],
        "count": count,
        "start": start,
        "end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(CALLS, values)
        cursor.execute("ANALYZE usage_generation")


def total_of_receipts() -> tuple[int, Decimal, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), coalesce(sum(cost_usd), 0),
                      coalesce(sum(prompt_tokens + completion_tokens), 0)::bigint
                 FROM usage_generation WHERE state = 'closed'"""
        )
        row: tuple[int, Decimal, int] = cursor.fetchone()
    return row
