"""One at a time, whichever process or machine: by a lock of the database that ends with the
transaction, so that nobody who was killed keeps it."""

from django.db import connection

HOUSE = 7446023  # the first half of the lock's number; the second is the task's


def alone(task: int) -> bool:
    """Whether this transaction may do it; False while another one does. Nobody waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [HOUSE, task])
        return bool(cursor.fetchone()[0])


def wait_to_be_alone(task: int) -> None:
    """For what a person started."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [HOUSE, task])
