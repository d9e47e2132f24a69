"""Texts made to be slow: none makes a detector hang. No time is asserted, but a deadline."""

import random
from contextlib import suppress

import pytest

from apps.routing.redaction.bounds import TooMany
from apps.routing.redaction.detectors import DETECTORS
from tests.routing.hanging import ends_within

LENGTH = 200_000
PIECES = (
    "a", "1", "1 ", "1111 ", "4111 ", "a@", "a@b.", "1.", "1:", "f::", "+1(", "key=", "token: ",
    "sk-" "ant-", "ey" "J.eyJ.", "-----BEGIN PRIVATE KEY-----", "DE89 ", "born 1 ", "passport 1 ",
    "a://b:c", "PII_", "1\u200b", "curl -u ", "tax id 12345678 ", "AccountKey=", "٤", "(", "P<UTO<",
    "12.03.2024 ", "password: a1", "+12 ", "+1(", "((1234567 ", "+0 0(0 ", "+49 (0)1 ",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_no_repetition_makes_a_detector_hang(piece: str) -> None:
    text = piece * (LENGTH // len(piece))
    with ends_within(120):
        for detector in DETECTORS.values():
            with suppress(TooMany):
                list(detector.find(text))


@pytest.mark.parametrize("signs", ["0123456789 -.", "0123456789abcdef", "aA1:/@. =", "\u200b1٤ é-"])
def test_no_jumble_makes_a_detector_hang(signs: str) -> None:
    text = "".join(random.Random(4).choices(signs, k=LENGTH))
    with ends_within(120):
        for detector in DETECTORS.values():
            with suppress(TooMany):
                for start, end in detector.find(text):
                    assert 0 <= start < end <= len(text)
