"""The house's one listening socket, shared by all web processes, and the question whether the house
answers there."""

import errno
import http.client
import socket
import time

from apps.core.house.errors import CannotStart
from apps.core.house.options import Options

BACKLOG = 1024
# Web processes of a house that was killed a moment ago may still hold the port.
PATIENCE = 1.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


def listen(options: Options) -> socket.socket:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return _listen(options.bind, options.port)
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise CannotStart(_explain(options, problem)) from problem
            time.sleep(0.1)


def answers(options: Options, path: str) -> bool:
    host = EVERYWHERE.get(options.bind, options.bind)
    asked = http.client.HTTPConnection(host, options.port, timeout=2)
    try:
        asked.request("GET", path, headers={"Host": options.host})
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _listen(bind: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        bind or "0.0.0.0", port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _explain(options: Options, problem: OSError) -> str:
    where = f"{options.bind}:{options.port}"
    if problem.errno == errno.EADDRINUSE:
        return (
            f"Another program already listens on {where}, so the house cannot; stop it, or choose "
            "another port with GATEHOUSE_PORT."
        )
    if problem.errno == errno.EACCES:
        return f"This user may not listen on {where}; choose a port above 1023 with GATEHOUSE_PORT."
    return (
        f"The house cannot listen on {where} ({problem.strerror}); set GATEHOUSE_BIND to an "
        "address of this machine."
    )
