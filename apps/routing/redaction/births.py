"""Dates of birth: a date beside a word that says so, in a dozen languages. A date alone is none."""

from collections.abc import Iterator

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.scan import Scanner, before, stands_alone
from apps.routing.redaction.shadow import Shadow, fold

_BORN = (
    r"birth|\bborn\b|\bd\.?o\.?b\b|geburt|geboren|\bgeb\.|\bn\xe9e?\b|\bne\(e\)|naissance|naci[d\xf3m]|nacimiento"
    r"|\bnat[oa]\b|nascita|geboorte|nascimento|nascid|urodz|f\xf6dd|f\xf8dt|f\xf8dsel|f\xf6delse"
    r"|syntym|sz\xfclet|n\xe1ro[cz]|narozen|do\xf0um|dogum|syntyn|n\.\s?le\b"
)
_SAYS_BORN = Scanner(_BORN, ignore_case=True)
_MAY_SAY_BORN = Scanner(_BORN.replace(r"\b", ""), ignore_case=True)
_MONTHS = (
    r"(?:jan|feb|m[a\xe4]r|apr|ma[iyj]|jun|jul|aug|sep|okt|oct|nov|de[cz]"
    r"|f\xe9v|f[\xe9e]vr|avr|juin|juil|ao[u\xfb]t|d\xe9c"
    r"|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|out|fev|abr|maj|mei|mrt|sty|lut|kwi|cze|lip|sie|wrz|pa\xbc|lis|gru)"
    r"[a-z\xdf-\xff]{0,8}\.?"
)
_DAY, _YEAR = r"(?:3[01]|[12][0-9]|0?[1-9])", r"(?:1[89][0-9]{2}|20[0-9]{2})"
_OF = r"(?:\s(?:de|del|of|di|do)\s|[\s.\-/]{0,2})"
_DATE = Scanner(
    rf"{_DAY}(?:st|nd|rd|th|er|\xba|\.)?{_OF}{_MONTHS}{_OF},?\s?(?:{_YEAR}|'?[0-9]{{2}}\b)"
    rf"|{_MONTHS}\s?{_DAY}(?:st|nd|rd|th)?,?\s{{1,2}}{_YEAR}"
    rf"|{_YEAR}\s?[\-./]\s?[01]?[0-9]\s?[\-./]\s?{_DAY}"
    rf"|[0-3]?[0-9]\s?[\-./]\s?[0-3]?[0-9]\s?[\-./]\s?(?:{_YEAR}|[0-9]{{2}})"
    rf"|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    rf"|[0-3][0-9]\s[01][0-9]\s{_YEAR}",
    ignore_case=True,
)
_BEFORE, _AFTER, _LONGEST_CUE = 56, 24, 16
_MOST, _TO_JUDGE = 20_000, 4
_ENDS = Scanner(r"[.!?;]\s+[A-Z]|\n\s*\n")  # a sentence, and what its words say


def birth_dates(shadow: Shadow) -> Iterator[tuple[int, int]]:
    text = shadow.bytes
    if not shadow.has_digit or not _SAYS_BORN.meets(text):
        return
    bound = Bound(text, _MOST)
    cues, cue = _MAY_SAY_BORN.spans(text), -1
    for start, end in _DATE.spans(text):
        bound.spend()
        while cue < start - _BEFORE - _LONGEST_CUE:  # another may begin within one
            bound.spend()
            cue = next(cues, (len(text) + _AFTER + 1, 0))[0]
        if cue > end + _AFTER or not stands_alone(text, start, end):
            continue
        bound.spend(_TO_JUDGE)
        if _says_so_before(text, start) or _says_so_after(text, end):
            yield start, end


def same_date(value: str) -> str:
    """Spellings of a date stay apart: 3/4 is one day here and another there."""
    return " ".join(fold(value).lower().split())


def _says_so_before(text: bytes, date: int) -> bool:
    near = before(text, date, _BEFORE)
    return any(not _ENDS.meets(near[after:]) for _start, after in _SAYS_BORN.spans(near))


def _says_so_after(text: bytes, date: int) -> bool:
    near = text[date : date + _AFTER]
    return any(not _ENDS.meets(near[:cue]) for cue, _end in _SAYS_BORN.spans(near))
