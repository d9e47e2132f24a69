"""Runs refreshes and keeps what came of them: the command, the button and the daily task all pass
through here. What was refused waits with its list, so that agreeing means that very list."""

import gzip
from datetime import date, datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.audit import record
from apps.accounts.models import User
from apps.accounts.notices import tell
from apps.catalog.models import RefreshState
from apps.catalog.refresh import running
from apps.catalog.refresh.fetching import OpenClient, fetch, guarded
from apps.catalog.refresh.sources import SOURCES
from apps.catalog.refresh.validate import Clock, PayloadError

log = structlog.get_logger(__name__)
Result = RefreshState.Result

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CLAIM = timedelta(minutes=5)  # who was killed while refreshing is followed after that
PATIENCE = 3  # failures in a row, an hour apart, before anybody is told
OLDER = (
    "The list is of {day}, older than the one taken last ({last}), so nothing of it was taken. "
    "If that date is wrong, correct the file’s own."
)
UNEXPECTED = "Something went wrong inside the house; its log says what. Nothing was taken."


class Outcome(NamedTuple):
    result: str
    words: str


def refresh(
    name: str,
    *,
    content: bytes | None = None,
    day: date | None = None,
    accept: bool = False,
    open_client: OpenClient = guarded,
) -> Outcome:
    """Never raises. With `content` nothing is fetched; `accept` writes what
    would otherwise wait for somebody's word."""
    source, clock = SOURCES[name], Clock(running.MOST_SECONDS)
    day = day or timezone.now().date()
    try:
        if content is None:
            content = fetch(source.url, clock=clock, open_client=open_client)
        elif not accept:
            _check_age(name, day)
        done = running.take(source, content, day=day, accept=accept, clock=clock)
    except PayloadError as problem:
        return _failed(name, str(problem))
    except running.Refused as refused:
        return _refused(name, refused, content or b"", day)
    except Exception:
        log.exception("refresh_failed", source=name)
        return _failed(name, UNEXPECTED)
    return _done(name, done.words, day)


def refresh_due(now: datetime, *, open_client: OpenClient = guarded) -> Outcome | None:
    """The source that is due longest, if any."""
    state = _claim(now)
    if state is None:
        return None
    if state.agreed_sha256 and state.agreed_sha256 == state.waiting_sha256 and state.waiting:
        content = gzip.decompress(bytes(state.waiting))
        outcome = refresh(state.source, content=content, day=state.waiting_as_of, accept=True)
    else:
        outcome = refresh(state.source, open_client=open_client)
    _plan_next(state.source, now)
    _tell(state.source)
    return outcome


@transaction.atomic
def ask_soon(name: str, *, by: User) -> None:
    """As soon as the worker comes to it. Only for a person who looks after the house, which the
    caller checks; so are the two below."""
    state = _state(name)
    state.due_at = timezone.now()
    state.save(update_fields=["due_at"])
    record(actor=by, verb="catalogue.asked", subject=name)


@transaction.atomic
def switch_daily(name: str, on: bool, *, by: User) -> None:
    """Switched on, it is asked at once; a second time changes nothing."""
    state = _state(name)
    if state.is_daily == on:
        return
    state.is_daily, state.due_at = on, timezone.now() if on else None
    state.save(update_fields=["is_daily", "due_at"])
    record(actor=by, verb=f"catalogue.{'switched_on' if on else 'switched_off'}", subject=name)


@transaction.atomic
def agree(name: str, sha256: str, *, by: User) -> bool:
    """To the list that waits, and to no other; False where another one does by now."""
    state = _state(name)
    if not sha256 or state.waiting_sha256 != sha256:
        return False
    state.agreed_sha256, state.due_at = sha256, timezone.now()
    state.save(update_fields=["agreed_sha256", "due_at"])
    record(actor=by, verb="catalogue.accepted", subject=name, details={"list": sha256[:12]})
    return True


def _check_age(name: str, day: date) -> None:
    """Of lists that came as files."""
    last = RefreshState.objects.filter(pk=name).values_list("as_of", flat=True).first()
    if last is not None and day < last:
        raise PayloadError(OLDER.format(day=_written(day), last=_written(last)))


def _written(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def states() -> list[RefreshState]:
    """One for each source, in their order, also of those nobody asked yet."""
    known = RefreshState.objects.defer("waiting").in_bulk()
    return [known.get(name) or RefreshState(source=name) for name in SOURCES]


def is_busy(state: RefreshState, now: datetime) -> bool:
    """Whether the worker is at it, or comes to it at once."""
    is_due = state.due_at is not None and state.due_at <= now
    return is_due or (state.running_since is not None and now - state.running_since < CLAIM)


def _state(name: str) -> RefreshState:
    RefreshState.objects.get_or_create(source=name)
    return RefreshState.objects.select_for_update().get(source=name)


@transaction.atomic
def _claim(now: datetime) -> RefreshState | None:
    """Which nobody else takes meanwhile."""
    busy = RefreshState.objects.filter(running_since__gt=now - CLAIM)
    if busy.exists():
        return None  # one at a time, so that the worker has a hand free for other things
    rows = RefreshState.objects.select_for_update(skip_locked=True)
    state = rows.filter(due_at__lte=now, source__in=SOURCES).order_by("due_at").first()
    if state is not None:
        state.due_at, state.running_since = now + CLAIM, now
        state.save(update_fields=["due_at", "running_since"])
    return state


@transaction.atomic
def _plan_next(name: str, now: datetime) -> None:
    """Tomorrow; in an hour where it failed, so that one dead line is not a lost day."""
    state = _state(name)
    is_early = state.result == Result.FAILED and state.failures % PATIENCE
    state.due_at = (now + (HOUR if is_early else DAY)) if state.is_daily else None
    state.agreed_sha256, state.running_since = "", None
    state.save(update_fields=["due_at", "agreed_sha256", "running_since"])


@transaction.atomic
def _tell(name: str) -> None:
    """Once for each trouble, until a refresh went well."""
    state = _state(name)
    is_refused = state.result == Result.REFUSED
    if not state.is_daily or state.was_told or not (is_refused or state.failures >= PATIENCE):
        return
    state.was_told = True
    state.save(update_fields=["was_told"])
    what = "waits for your decision" if is_refused else "does not work"
    text = f"Refreshing the catalogue from {SOURCES[name].title} {what}. {state.words}"
    for person in User.objects.filter(is_active=True, role__in=User.LOOKS_AFTER_HOUSE):
        tell(person, text, link=reverse("catalog:state"))


@transaction.atomic
def _done(name: str, words: str, day: date) -> Outcome:
    state = _state(name)
    state.done_at = state.tried_at = timezone.now()
    state.as_of, state.result, state.words = day, Result.OK, words
    state.failures, state.was_told = 0, False
    state.waiting, state.waiting_sha256, state.waiting_as_of, state.preview = None, "", None, {}
    state.save()
    return Outcome(Result.OK, words)


@transaction.atomic
def _failed(name: str, words: str) -> Outcome:
    """What waits for a decision goes on waiting."""
    state = _state(name)
    state.tried_at, state.result, state.words = timezone.now(), Result.FAILED, words
    state.failures += 1
    state.save()
    return Outcome(Result.FAILED, words)


@transaction.atomic
def _refused(name: str, refused: running.Refused, content: bytes, day: date) -> Outcome:
    state = _state(name)
    state.tried_at, state.result, state.words = timezone.now(), Result.REFUSED, refused.words
    state.waiting, state.waiting_as_of = gzip.compress(content, 6), day
    state.waiting_sha256, state.preview = running.fingerprint(content), refused.preview
    state.failures = 0
    state.save()
    return Outcome(Result.REFUSED, refused.words)
