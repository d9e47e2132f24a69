"""The timetable's clock as a thread of the one worker. Celery's own `-B` forks a process for it,
which costs memory and outlives a killed worker."""

from typing import Any

from celery import Celery, bootsteps
from celery.beat import EmbeddedService
from click import Option


class Clock(bootsteps.StartStopStep):
    """Runs in workers started with `--clock FILE`; the file remembers what was due last."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, clock: str | None = None, **options: Any) -> None:
        super().__init__(worker, **options)
        self.enabled = bool(clock)
        self._file = clock

    def create(self, worker: Any) -> Any:
        return EmbeddedService(worker.app, thread=True, schedule_filename=self._file)


def add_clock(app: Celery) -> None:
    app.user_options["worker"].add(Option(["--clock"], metavar="FILE"))
    app.steps["worker"].add(Clock)
