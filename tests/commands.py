"""The house's commands, as a person types them."""

import io
from typing import Any

from django.core.management import call_command


def typed(*words: str, **options: Any) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()
