"""A text in which nothing was found is not read again by the same rules; every other is."""

from apps.routing.redaction.clean import CleanTexts
from apps.routing.redaction.rules import Action, Rule, Scrubbing, Span
from apps.routing.redaction.scrub import scrub
from tests.redaction.fakes import ANNA, BERT, KEY, a_document, a_rule, contents, emails


def listening(read: list[str], *, everywhere: bool = True) -> Rule:
    def find(text: str) -> list[Span]:
        read.append(text)
        return [Span(0, 4)] if text.startswith("Lena") else []

    return a_rule("NAME", find, Action.REDACT, everywhere=everywhere)


def test_what_is_clean_is_read_once_and_what_is_not_each_time() -> None:
    read: list[str] = []
    scrubbing = Scrubbing((listening(read),))
    for _ in range(3):
        result = scrub(a_document("Hello", "Lena", "Hello"), scrubbing, KEY)
        assert contents(result) == ["Hello", "[NAME]", "Hello"]
    assert read == ["Hello", "Lena", "Lena", "Lena"]


def test_other_rules_read_it_themselves() -> None:
    """Equal ones too: finders are never compared."""
    for _ in range(3):
        read: list[str] = []
        scrub(a_document("Hello"), Scrubbing((listening(read),)), KEY)
        assert read == ["Hello"]


def test_what_was_clean_as_anothers_text_is_read_as_a_users() -> None:
    scrubbing = Scrubbing((emails(Action.REDACT, everywhere=False),))
    for _ in range(2):
        document = a_document({"role": "system", "content": ANNA}, ANNA)
        assert contents(scrub(document, scrubbing, KEY)) == [ANNA, "[EMAIL]"]


def test_what_a_rule_only_counts_is_counted_each_time() -> None:
    scrubbing = Scrubbing((emails(Action.FLAG),))
    counts = [scrub(a_document(BERT), scrubbing, KEY).hits[0].count for _ in range(3)]
    assert counts == [1, 1, 1]


def test_it_keeps_no_text_and_forgets_before_it_grows() -> None:
    clean = CleanTexts(())
    for number in range(50_000):
        clean.add(clean.digest(f"{ANNA} {number}", is_users=True))
    assert len(clean._digests) <= 20_000
    assert ANNA not in repr(vars(clean)) and "anna" not in str(clean._digests)
