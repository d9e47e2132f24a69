"""Whatever looks like a secret is masked in every line of the log, whoever wrote it there."""

import logging
import sys

import pytest
from structlog.stdlib import ProcessorFormatter

from apps.keys import tokens
from config.logging import mask


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"key {tokens.PREFIX}{'a1B2' * 11} was sent", "key [secret] was sent"),
        ("sk-proj-0123_456-789", "[secret]"),
        ("Authorization: Bearer abc.def", "Authorization: [secret]"),
        ('{"api_key": "abc", "model": "x"}', '{"[secret]", "model": "x"}'),
        ("/setup/?token=abc&next=/", "/setup/?[secret]&next=/"),
        ("password='a lamp'", "[secret] lamp'"),
        ("nothing to hide: max_tokens=5", "nothing to hide: max_tokens=5"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_no_line_of_the_log_holds_a_key() -> None:
    key = tokens.mint()
    formatters = [handler.formatter for handler in logging.getLogger().handlers]
    (ours,) = [one for one in formatters if isinstance(one, ProcessorFormatter)]
    try:
        raise ValueError(f"no such key: {key}")
    except ValueError:
        problem = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "by %s", (key,), problem)
    line = ours.format(record)
    assert "no such key: [secret]" in line
    assert key not in line
