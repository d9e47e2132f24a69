"""The registry, and what no detector may ever hit."""

import pytest

from apps.routing.redaction.detectors import DETECTORS
from apps.routing.redaction.placeholders import placeholder
from apps.routing.redaction.rules import Action
from apps.routing.redaction.scrub import taken
from tests.redaction.fakes import a_rule


@pytest.mark.parametrize("slug", DETECTORS)
def test_a_detector_can_be_shown_and_counted(slug: str) -> None:
    detector = DETECTORS[slug]
    assert detector.slug == slug
    assert detector.name and detector.hint
    assert detector.label.isalpha() and detector.label.isupper() and len(detector.label) <= 12
    assert detector.usual_action in Action


@pytest.mark.parametrize("slug", DETECTORS)
def test_a_placeholder_is_never_hit(slug: str) -> None:
    labels = sorted({detector.label for detector in DETECTORS.values()} | {"NAME"})
    rule = a_rule(slug, DETECTORS[slug].find)
    for at in range(300):
        token = placeholder(b"key", labels[at % len(labels)], str(at))
        for text in (
            token,
            f"My e-mail is {token}, card {token}.",
            f"password={token} api_key: '{token}'",
            f"https://{token}@example.com passport no {token}",
            f"born on {token}; phone {token} {token}",
        ):
            assert taken(text, [rule]) == ([], []), text


@pytest.mark.parametrize("slug", DETECTORS)
@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\x00\xff\ud800", "hello", "é", "1", "@", "4" * 99]
)
def test_nothing_is_found_in_nothing(slug: str, text: str) -> None:
    assert list(DETECTORS[slug].find(text)) == []


@pytest.mark.parametrize(
    ("slug", "text", "values"),
    [
        (
            "email",
            "Write to mia@example.com, or Jöe@müller.de.",
            ["mia@example.com", "Jöe@müller.de"],
        ),
        ("email", "邮箱joe@example.com谢谢", ["joe@example.com"]),
        ("email", "иван@пример.рф", ["иван@пример.рф"]),
        ("email", "joe＠ex\u200bample．com", ["joe＠ex\u200bample．com"]),
        ("email", "?to=a.b%40example.org&x", ["a.b%40example.org"]),
        ("email", "mailto:mia+x@mail.example.co.uk?s", ["mia+x@mail.example.co.uk"]),
        ("email", "logo@2x.png git@github.com:a/b @mia a@b react@18.2.0-rc.1", []),
        ("card", "4111 1111 1111 1111 12/27", ["4111 1111 1111 1111"]),
        ("card", "４１１１１１１１１１１１１１１１", ["４１１１１１１１１１１１１１１１"]),
        ("card", "٤١١١ ١١١١ ١١١١ ١١١١", ["٤١١١ ١١١١ ١١١١ ١١١١"]),
        ("card", "4\u200b111\u200b1111 11111111", ["4\u200b111\u200b1111 11111111"]),
        ("card", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", ["4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"]),
        ("card", "0.4111111111111111 a4111111111111111 4111111111111112 1234 5678", []),
        ("card", "order number 4111111111111111", []),
        ("card", "my card for the order: 4111111111111111", ["4111111111111111"]),
        ("iban", "DE89 3704 0044 0532 0130 00 and", ["DE89 3704 0044 0532 0130 00"]),
        ("iban", "GB82WEST12345698765432.", ["GB82WEST12345698765432"]),
        ("iban", "NL91-ABNA-0417-1643-00", ["NL91-ABNA-0417-1643-00"]),
        ("iban", "ＤＥ89\u200b370400440532013000", ["ＤＥ89\u200b370400440532013000"]),
        ("iban", "DE88370400440532013000 xDE89370400440532013000 ZZ89370400440532013000", []),
        ("ssn", "536-90-4399, 536 90 4399", ["536-90-4399", "536 90 4399"]),
        (
            "ssn",
            "SSN 536904399; a long way behind it, and of another kind, 536904398",
            ["536904399"],
        ),
        ("ssn", "000-12-3456 666-12-3456 912-12-3456 536-00-1234 536-11-0000", []),
        ("ssn", "536-90-4399-1 555-536-90-4399 536904399", []),
        ("ip", "192.168.1.20, 10.0.0.1:80/24 (8.8.8.8).", ["192.168.1.20", "10.0.0.1", "8.8.8.8"]),
        ("ip", "fe80::1%eth0 2001:db8::ff00:42:8329.", ["fe80::1", "2001:db8::ff00:42:8329"]),
        ("ip", "::ffff:10.1.2.3", ["::ffff:10.1.2.3"]),
        ("ip", "version 1.2.3.4 v1.2.3.4 lib-1.2.3.4 1.2.3.4.5 x==1.2.3.4 300.1.1.1", []),
        ("ip", "a::b std::x 12:30:45 00:1A:2B:FF:FE:3C:4D:5E ::1 127.0.0.1 255.255.255.0", []),
        ("url-credentials", "postgres://mia:s3cr3t@db:5432/x", ["mia:s3cr3t@db:5432"]),
        (
            "url-credentials",
            "redis://:hunter2@r https://x:p@ss@h.org/y?e=a@b",
            [":hunter2@r", "x:p@ss@h.org"],
        ),
        ("url-credentials", "https://user:password@a.b https://$U:$P@h http://a.b/c:d@e", []),
        ("phone", "+49 30 1234567 or (405)-123-4567", ["+49 30 1234567", "(405)-123-4567"]),
        ("phone", "001-405-123-4567x123", ["001-405-123-4567x123"]),
        ("phone", "call 555-1234; my number is 4051234567", ["555-1234", "4051234567"]),
        ("phone", "12.03.2024 030 1234567", ["030 1234567"]),
        ("phone", "70 34 69 84 and 10 20 30 40 and 20 30 40 50", ["70 34 69 84"]),
        ("phone", "your account, and then there is 405-123-4567", ["405-123-4567"]),
        ("phone", "1.234.567.890 978-3-16-148410-0 2024-01-02 12:30 order 405-123-4567", []),
        ("birth-date", "Née le 3 mai 1980 à Lyon", ["3 mai 1980"]),
        ("birth-date", "geboren am 1. März 1999", ["1. März 1999"]),
        ("birth-date", "March 5, 1977 (birthday)", ["March 5, 1977"]),
        ("birth-date", "Born in May. The meeting is on 12.03.2024.", []),
        ("passport", "Mein Reisepass: C01X00T478", ["C01X00T478"]),
        ("passport", "X1234567 is my passport number", ["X1234567"]),
        ("passport", "My passport expires in 2031.", []),
        ("national-id", "RSSMRA85T10A562S 12345678Z", ["RSSMRA85T10A562S", "12345678Z"]),
        ("national-id", "Rentenversicherung 15 070649 C 103", ["15 070649 C 103"]),
        ("national-id", "Steuer-ID: 36 574 261 809", ["36 574 261 809"]),
        ("national-id", "NHS number 943 476 5919, order 943 476 5919", ["943 476 5919"]),
        ("national-id", "12345678A order 111222333", []),
    ],
)
def test_a_value_is_found_where_it_stands(slug: str, text: str, values: list[str]) -> None:
    assert [text[start:end] for start, end in DETECTORS[slug].find(text)] == values


@pytest.mark.parametrize(
    ("slug", "one", "other"),
    [
        ("email", "mia@Example.COM", "mia@example.com"),
        ("card", "4111-1111 11111111", "4111111111111111"),
        ("iban", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("phone", "0049 (30) 1234567", "+49 30 123 45 67"),
        ("ip", "2001:0DB8::0001", "2001:db8::1"),
        ("ssn", "536 90 4399", "536-90-4399"),
    ],
)
def test_one_value_counts_as_one_however_it_is_written(slug: str, one: str, other: str) -> None:
    assert DETECTORS[slug].same(one) == DETECTORS[slug].same(other)
