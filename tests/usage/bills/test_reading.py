"""A file becomes a bill whole, or one sentence says what is wrong with it."""

from datetime import UTC, date, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.usage.bills.bill import Bill, Reading, read_bill
from apps.usage.bills.carrying import packed, unpacked
from apps.usage.bills.columns import Columns, guessed, recognised
from apps.usage.bills.days import Ambiguous
from apps.usage.bills.text import MOST_LINES, BadBill, table_of, text_of

TODAY = date(2026, 11, 23)
HEAD = "date,model,cost\n"
PLAIN = Columns(date=0, model=1, cost=2)
PER_CALL = (
    "generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,"
    "byok_usage_inference,tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,"
    "model_permaslug,provider_name,variant,cancelled,streamed\n"
)


def read(
    data: bytes | str, columns: Columns | None = None, *, zone: tzinfo = UTC, order: str = ""
) -> Bill:
    table = table_of(text_of(data.encode() if isinstance(data, str) else data))
    known = columns or recognised(table.heads) or PLAIN
    return read_bill(table, Reading(known, Decimal(1), zone, TODAY, order))


def days(bill: Bill) -> dict[str, Decimal]:
    return {day.isoformat(): one.cost for (day, _), one in bill.lines.items()}


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-03",
        "2026/11/3",
        "20261103",
        "03.11.2026",
        "3 November 2026",
        "3. Nov 2026",
        '"Nov 3, 2026"',
        '"November 3, 2026"',
        "3 noviembre 2026",
        "2026-11-03T23:59:59Z",
        "2026-11-03 23:59:59.123456",
        "2026-11-03T20:00:00-03:00",
        "2026-11-04 00:30 +0100",
        "2026-11-03 11:59 PM",
        '"Nov 3, 2026, 12:05 AM"',
        "1793664000",
        "1793664000123",
    ],
)
def test_a_day_may_be_written_in_many_ways(cell: str) -> None:
    assert days(read(f"{HEAD}{cell},x,1\n")) == {"2026-11-03": 1}


def test_times_fall_on_the_days_of_the_zone_that_was_chosen() -> None:
    text = f"{HEAD}2026-11-03T20:00:00Z,x,1\n2026-11-03 20:00,y,2\n"
    bill = read(text, zone=ZoneInfo("Asia/Kathmandu"))
    assert sorted(bill.lines) == [(date(2026, 11, 3), "y"), (date(2026, 11, 4), "x")]
    assert bill.has_times


def test_days_that_can_be_two_days_are_decided_by_another_line_or_by_the_reader() -> None:
    assert days(read(f"{HEAD}13/04/2026,x,1\n04/03/2026,x,2\n")) == {
        "2026-04-13": 1,
        "2026-03-04": 2,
    }
    assert days(read(f"{HEAD}04/13/2026,x,1\n")) == {"2026-04-13": 1}
    with pytest.raises(Ambiguous):
        read(f"{HEAD}04/03/2026,x,1\n")
    assert days(read(f"{HEAD}04/03/2026,x,1\n", order="mdy")) == {"2026-04-03": 1}
    with pytest.raises(BadBill, match="some with the month"):
        read(f"{HEAD}13/04/2026,x,1\n04/13/2026,x,1\n")


@pytest.mark.parametrize(
    ("cell", "usd"),
    [
        ("0.000000000001", "0.000000000001"),
        ("1.2e-5", "0.000012"),
        ("$4.20", "4.20"),
        ('"$1,234.56"', "1234.56"),
        ('"USD 4"', "4"),
        ("4.20 €", "4.20"),
        (".5", "0.5"),
        ("0", "0"),
    ],
)
def test_a_sum_may_be_written_in_many_ways(cell: str, usd: str) -> None:
    assert read(f"{HEAD}2026-11-03,x,{cell}\n").total == Decimal(usd)


def test_behind_semicolons_cents_stand_behind_a_comma() -> None:
    assert read("date;model;cost\n2026-11-03;x;1.234,5\n").total == Decimal("1234.5")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_letters_may_come_in_what_spreadsheets_write(encoding: str) -> None:
    text = "date,model,cost,who\r\n2026-11-03,Père 4,1.5,José\r\n"
    bill = read(text.encode(encoding))
    assert list(bill.lines) == [(date(2026, 11, 3), "Père 4")]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"\x00" * 50, "is empty"),
        (b"PK\x03\x04\x14\x00", "an Excel workbook"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x1f\x8b\x08", "a packed file"),
        (b'{"data": []}', "JSON"),
        (b"<!doctype html>", "a web page"),
        (bytes(range(1, 9)) + b"a,b,c\n1,2,3\n", "no text"),
        (b"\x81\x8d,b,c\n1,2,3\n", "letters"),
        (b"a;b\n1;2\n", "Not enough columns"),
        (b"just words\n", "Not enough columns"),
        (HEAD, "no line below"),
        (",".join("abcdefgh" * 30) + "\n1\n", "columns; 200 are the most"),
        (f"{HEAD}2026-11-03,x\n", "Line 2 has 2 cells, and 3 are needed"),
        (f"{HEAD}yesterday,x,1\n", "“yesterday” is no day"),
        (f"{HEAD}2026-02-31,x,1\n", "“2026-02-31” is no day"),
        (f"{HEAD}2026-11-03 25:10,x,1\n", "is no day"),
        (f"{HEAD}2026-11,x,1\n", "“2026-11” is no day"),
        (f"{HEAD}45964,x,1\n", "“45964” is no day"),
        (f"{HEAD}2031-01-01,x,1\n", "2031-01-01 is no day this house was there"),
        (f"{HEAD}1999-01-01,x,1\n", "1999-01-01 is no day this house was there"),
        (f"{HEAD}2024-01-01,x,1\n2026-01-01,x,1\n", "Export at most 400 days"),
        (f"{HEAD}2026-11-03,x,NaN\n", "“NaN” is no sum of money"),
        (f"{HEAD}2026-11-03,x,inf\n", "“inf” is no sum of money"),
        (f"{HEAD}2026-11-03,x,\n", "“” is no sum of money"),
        (f"{HEAD}2026-11-03,x,٣\n", "is no sum of money"),
        (f"{HEAD}2026-11-03,x,1e99\n", "more than one line can cost"),
        (f"{HEAD}2026-11-03,x,=1+1\n", "Line 2 holds a formula where a sum should stand"),
        (f"{HEAD}2026-11-03,=HYPERLINK(1),1\n", "a formula where a model’s name should stand"),
        (f"{HEAD}2026-11-03,x,-5\n", "No line of this file says that anything was used"),
        (HEAD + '2026-11-03,"x,1\n' + "y" * 200_000, "a quotation mark is open"),
        (HEAD + "2026-11-03,x,1\n" * (MOST_LINES + 1), "more than 50,000 lines"),
    ],
)
def test_what_is_no_bill_is_told_in_a_sentence(data: bytes | str, sentence: str) -> None:
    with pytest.raises(BadBill) as told:
        read(data)
    assert sentence in str(told.value)
    assert str(told.value).endswith(".")
    assert len(str(told.value)) < 200


@given(st.binary(max_size=300))
def test_whatever_is_uploaded_is_a_bill_or_a_sentence(data: bytes) -> None:
    try:
        read(HEAD.encode() + data)
    except BadBill as problem:
        assert str(problem)


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=20))
def test_whatever_stands_in_a_line_is_read_or_told(day: str, model: str, cost: str) -> None:
    cells = (one.replace('"', "").replace("\x00", "") for one in (day, model, cost))
    line = ",".join(f'"{cell}"' for cell in cells)
    try:
        read(f"{HEAD}{line}\n")
    except BadBill as problem:
        assert str(problem)


def test_credits_and_lines_of_totals_are_no_calls() -> None:
    bill = read(f"{HEAD}2026-11-03,x,1\n2026-11-04,x,(0.50)\n2026-11-05,y,-$2\nTotal,,1\n,,3\n")
    assert [bill.total, bill.credits] == [1, Decimal("-2.5")]
    assert (bill.credit_lines, bill.skipped) == (2, 2)


def test_openrouters_own_export_is_known_by_its_head() -> None:
    bill = read(
        f"{PER_CALL}gen-1,2026-11-03 23:59:59.5,0.25,,,,0,100,20,0,0,openai/gpt-5-mini,OpenAI,"
        "standard,false,true\ngen-2,2026-11-03T10:00:00Z,0,,,,0,7,1,0,0,qwen/qwen3,Chutes,free,"
        "false,true\n"
    )
    found = {name: one for (_, name), one in bill.lines.items()}
    assert set(found) == {"openai/gpt-5-mini", "qwen/qwen3:free"}
    assert (found["openai/gpt-5-mini"].requests, found["openai/gpt-5-mini"].tokens) == (1, 120)
    heads = (
        "date,model,model_permaslug,endpoint_id,provider_name,usage,byok_usage_inference,"
        "requests,prompt_tokens,completion_tokens,reasoning_tokens\n1\n"
    )
    per_day = recognised(table_of(heads).heads)
    assert per_day == Columns(date=0, model=2, cost=5, requests=7, prompt=8, completion=9)
    assert recognised(["date", "model", "cost"]) is None


def test_columns_of_other_files_are_guessed_and_none_is_taken_twice() -> None:
    heads = ["Start Time", "start_time_iso", "amount_value", "line_item", "num_model_requests"]
    assert guessed(heads) == {"date": 1, "model": 3, "cost": 2, "requests": 4}
    assert guessed(["Datum", "Modell", "Kosten (USD)"]) == {"date": 0, "model": 1, "cost": 2}
    assert guessed(["a", "b", "c"]) == {}


def test_what_a_page_carries_comes_back_and_a_bomb_does_not_open() -> None:
    data = b"date,model,cost\n" * 1000
    assert unpacked(packed(data)) == data
    bomb = packed(b"0" * (40 * 1024 * 1024))
    assert [unpacked(one) for one in ("", "%%%", "AAAA", bomb)] == [None] * 4
