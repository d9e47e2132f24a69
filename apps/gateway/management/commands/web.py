"""One web process, on a listening socket it inherits (`up` starts it) or opens itself."""

import asyncio
import gc
import socket
from types import FrameType
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand, CommandParser

from apps.accounts.check import check_secrets

GRACE_SECONDS = 10


class HouseServer(uvicorn.Server):
    """Stops accepting at the first signal and gives running calls their time; a second signal ends
    them now. Either way they are settled before the process is gone."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.should_exit:
            super().handle_exit(sig, frame)
            return
        asyncio.get_running_loop().call_soon_threadsafe(self._end_calls)

    def _end_calls(self) -> None:
        for task in list(self.server_state.tasks):
            task.cancel()


class Command(BaseCommand):
    help = "Runs one web process; `up` starts as many as there are cores."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fd", type=int, help="an inherited listening socket")
        parser.add_argument("--port", type=int, default=8000, help="without --fd: on 127.0.0.1")

    def handle(self, *args: Any, **options: Any) -> None:
        check_secrets()
        if options["fd"] is not None:
            listening = socket.socket(fileno=options["fd"])
        else:
            listening = socket.create_server(("127.0.0.1", options["port"]), backlog=2048)
        config = uvicorn.Config(
            "config.asgi:application",
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=64 * 1024,
        )
        config.load()
        gc.collect()
        gc.freeze()  # what is loaded stays: the collector need not walk it again and again
        gc.set_threshold(20_000, 20, 50)
        HouseServer(config).run(sockets=[listening])
