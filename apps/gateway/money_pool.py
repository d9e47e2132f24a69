"""The database connections of the money path, and what their failures mean. Kept apart from
Django's own, so that no page can take the last connection a call needs."""

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

CONNECTIONS = 3  # with the listener and Django's own four: eight for a process
LIMITS = "-c lock_timeout=250 -c statement_timeout=2000"
# A pool that keeps trying waits twice as long each time; one that gives up after a second tries
# anew whenever somebody asks.
RECONNECT_SECONDS = 1.0


def money_pool(conninfo: str) -> AsyncConnectionPool:
    """Not open yet. Every statement is its own transaction."""
    return AsyncConnectionPool(
        conninfo,
        min_size=1,
        max_size=CONNECTIONS,
        timeout=1.0,
        reconnect_timeout=RECONNECT_SECONDS,
        kwargs={"autocommit": True, "options": LIMITS},
        open=False,
        name="money",
    )


def is_lost(problem: Exception) -> bool:
    """No answer came: the connection broke, or none could be had; the outcome is unknown."""
    if isinstance(problem, PoolTimeout | psycopg.InterfaceError | TimeoutError):
        return True
    return isinstance(problem, psycopg.OperationalError) and (
        problem.sqlstate is None or problem.sqlstate.startswith(("57P", "08"))
    )


def is_refused(problem: Exception) -> bool:
    """The row itself cannot be written, now or later: it does not fit a column, breaks a rule of
    the table, or is no JSON. Everything else (locks, a full disk, a restart) passes."""
    if isinstance(problem, psycopg.Error):
        return isinstance(problem, psycopg.DataError | psycopg.IntegrityError)
    return not isinstance(problem, TimeoutError | OSError)
