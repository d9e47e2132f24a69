"""The bytes of an upload as text and as lines of cells, or a sentence that says why they are none.
Pure."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

MOST_LINES = 50_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000
DELIMITERS = ",;\t|"
# How files begin that are something else, whatever they are called.
KINDS = (
    (b"PK\x03\x04", "an Excel workbook or another archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a packed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{", "JSON"),
    (b"<", "a web page"),
)
BYTE_ORDER = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class BadBill(Exception):
    """Says in one sentence for people what is wrong with a file."""


@dataclass(frozen=True)
class Table:
    """The head of each column, and the text the lines stand in."""

    heads: tuple[str, ...]
    text: str
    delimiter: str

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Each line below the head with its number as a spreadsheet counts them; empty ones are
        passed over."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter)
        try:
            next(reader)
            for number, cells in enumerate(reader, 2):
                if number > MOST_LINES + 1:
                    raise BadBill(
                        f"This file has more than {MOST_LINES:,} lines. Export a shorter span, "
                        "such as one week, or sums per day."
                    )
                if any(cell.strip() for cell in cells):
                    yield number, cells
        except csv.Error as problem:
            raise BadBill(
                f"Line {reader.line_num:,} cannot be read: a quotation mark is open, or a cell is "
                "far too long."
            ) from problem

    def first(self, number: int) -> list[list[str]]:
        """The first lines, as wide as the head."""
        wide, found = len(self.heads), []
        for _, cells in self.lines():
            found.append([cell[:60] for cell in (*cells, *[""] * wide)][:wide])
            if len(found) == number:
                break
        return found


def text_of(data: bytes) -> str:
    """UTF-8 and UTF-16, with or without a byte order mark; else as Windows writes it."""
    if not data.strip(b"\x00 \t\r\n"):
        raise BadBill("This file is empty.")
    for begin, kind in KINDS:
        if data[:100].lstrip(b"\xef\xbb\xbf \r\n").startswith(begin):
            raise BadBill(f"This is {kind}, not a CSV file. Save or export it as CSV.")
    text = _decoded(data)
    if "\x00" in text or sum(ord(one) < 32 and one not in "\t\r\n" for one in text[:4000]) > 2:
        raise BadBill("This is no text. Export the usage as a CSV file.")
    return text.removeprefix("\ufeff")


def table_of(text: str) -> Table:
    head = next((line for line in io.StringIO(text, newline=None) if line.strip()), "").rstrip("\n")
    at = text.index(head)
    delimiter = max(DELIMITERS, key=head.count)
    heads = tuple(" ".join(cell.split())[:60] for cell in _head(head, delimiter))
    if len(heads) < 3:
        raise BadBill(
            "Not enough columns were found: a day, a model and a cost are needed at least, with "
            "commas, semicolons or tabs between them and their names in the first line."
        )
    if len(heads) > MOST_COLUMNS:
        raise BadBill(f"This file has {len(heads):,} columns; {MOST_COLUMNS} are the most.")
    table = Table(heads, text[at:], delimiter)
    if not table.first(1):
        raise BadBill("Only the names of columns stand in this file, and no line below them.")
    return table


def _decoded(data: bytes) -> str:
    for mark, encoding in BYTE_ORDER.items():
        if data.startswith(mark):
            return _strictly(data, encoding)
    start = data[:400]
    if start.count(0) > len(start) // 3:  # UTF-16 without its mark: each second byte is empty
        is_little = start[1::2].count(0) > start[::2].count(0)
        return _strictly(data, "utf-16-le" if is_little else "utf-16-be")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _strictly(data, "cp1252")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise BadBill(
            "The letters of this file cannot be read. Save it as CSV in UTF-8."
        ) from problem


def _head(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error as problem:
        raise BadBill("The first line of this file cannot be read.") from problem
