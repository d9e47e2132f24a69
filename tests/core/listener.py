"""A small HTTP server on loopback that answers as told and remembers what reached it."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Listener:
    port: int
    hits: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    touched: int = 0  # connections, also those that never sent a request

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.hits]

    def headers(self, name: str) -> list[str]:
        return [headers[name] for _, _, headers in self.hits if name in headers]


def models(*names: str) -> bytes:
    """The list of models as OpenAI and those like it write it."""
    return json.dumps({"object": "list", "data": [{"id": name} for name in names]}).encode()


@contextmanager
def listening(
    answer: Callable[[str], Answer] | None = None, *, tls: ssl.SSLContext | None = None
) -> Iterator[Listener]:
    """Listens on every loopback spelling: 127.0.0.1, ::1 where there is IPv6, ::ffff:127.0.0.1."""
    server = _Server(("", 0), answer or (lambda path: (200, {}, b"{}")), tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.record
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
    daemon_threads = True

    def __init__(
        self,
        place: tuple[str, int],
        answer: Callable[[str], Answer],
        tls: ssl.SSLContext | None,
    ) -> None:
        super().__init__(place, _Handler)
        self.answer, self.tls = answer, tls
        self.record = Listener(port=self.server_port)

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.record.touched += 1
        try:
            if self.tls is not None:
                request = self.tls.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
        except OSError:
            pass  # the other side went away, which is what some tests want


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.record.hits.append((self.command, self.path, headers))
        status, extra, body = self.server.answer(self.path)
        self.send_response(status)
        for name, value in extra.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.do_GET()

    def log_message(self, *args: object) -> None:
        pass
