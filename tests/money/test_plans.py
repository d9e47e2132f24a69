"""What the money statements read: the rows they are about, however many others there are."""

import psycopg
import pytest

from apps.gateway.money_pool import LIMITS
from apps.gateway.money_rows import packed
from tests.money.money_house import MoneyHouse, calls_read, closing


@pytest.mark.parametrize("analyzed", [False, True])
def test_a_call_is_closed_by_its_key_however_many_others_run(
    house: MoneyHouse, analyzed: bool
) -> None:
    process = house.fresh_process()
    rows = [house.row(process) for _ in range(300)]
    with psycopg.connect(house.conninfo, autocommit=True, options=LIMITS) as connection:
        connection.execute("TRUNCATE usage_generation")
        if analyzed:
            connection.execute("ANALYZE usage_generation")
        first, *others = rows
        settle = "SELECT gateway_settle(%s::jsonb)"
        # A plan made while the table was small stays for as long as the connection lives.
        for row in rows[:10]:
            connection.execute("SELECT recorder_open(%s::jsonb)", (packed([row]),))
            connection.execute(settle, (packed([closing(row, "0.0001")]),))
        connection.execute("SELECT recorder_open(%s::jsonb)", (packed(rows[10:]),))
        with connection.transaction():
            before = calls_read(connection)
            connection.execute(settle, (packed([closing(row, "0.0001") for row in rows[10:15]]),))
            read = calls_read(connection) - before
        assert read <= 20  # locked, then closed: twice each
