"""How long the answers of each model usually are in this house: what an open-ended call is held
for where a budget binds it."""

from collections.abc import Mapping

from django.db import connection

FEWEST = 20  # calls; fewer say nothing about the hundredth
NEWEST = 200_000

SQL = """
    SELECT model, percentile_disc(0.99) WITHIN GROUP (ORDER BY completion_tokens)
      FROM (SELECT model, completion_tokens FROM usage_generation
             WHERE state = 'closed' AND NOT is_estimated AND completion_tokens > 0
             ORDER BY id DESC LIMIT %s) newest
     GROUP BY model HAVING count(*) >= %s
"""


def load_sizes() -> Mapping[str, int]:
    """The 99th percentile of completion tokens by model."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, [NEWEST, FEWEST])
        return dict(cursor.fetchall())
