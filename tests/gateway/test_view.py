"""What a web process knows without asking, and when it reads that anew."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from apps.gateway.view import View


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_with_the_day_the_catalogue_is_read_anew_though_nobody_wrote_anything() -> None:
    """Free endpoints end with their last day, and could cost from then on."""
    days = [timezone.now().date()]
    view = View("", today=lambda: days[-1])

    async def read() -> object:
        await view.refresh()
        return view.catalog

    first = async_to_sync(read)()
    assert async_to_sync(read)() is first
    days.append(days[-1] + timedelta(days=1))
    assert async_to_sync(read)() is not first
