"""What a person waits for: the list of models, a long chat, and how much later than the house a
page has the first token."""

import json
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

ROUNDS = 20
QUESTIONS = (
    "sort=pricing-low-to-high",
    "zdr=true",
    "mine=true&max_price=2",
    "supported_parameters=tools,reasoning&no_training=true",
    "providers=azure,amazon-bedrock",
    "use_case=long-documents&fmt=cards",
    "context=128000&input_modalities=image",
    "connected=true&sort=context-high-to-low",
    "free=true",
    "max_chat_price=0.01&page=2",
)
WORDS = ("", "claude", "gpt", "clude", "lama3", "mini", "again", "openai", "vision", "qwen+again")
HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|token|parent)" value="([^"]*)"')
USAGE = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}


class _Teller(BaseHTTPRequestHandler):
    """A provider whose first token is the moment it was sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        time.sleep(0.05)
        self._say({"content": f"at {time.monotonic_ns()} "}, None)
        time.sleep(0.05)
        self._say({"content": "done"}, "stop", usage=USAGE)
        self._write(b"data: [DONE]\n\n")
        self._write(b"")

    def _say(self, delta: dict[str, str], reason: str | None, **more: object) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = {"id": "teller", "model": "bench-model", "choices": [choice], **more}
        self._write(b"data: %b\n\n" % json.dumps(chunk).encode())

    def _write(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def telling(port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), _Teller)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def report_pages(house: str, facts: dict[str, str], *, teller_port: int) -> None:
    """`facts`: the session of a signed-in person and the number of a chat with 50 messages."""
    name, _, value = facts["session"].partition("=")
    cookies = {name: value}
    with httpx.Client(base_url=house, cookies=cookies, timeout=30, trust_env=False) as web:
        models = _p95_of_lists(web)
        told = _median(lambda: _page(web, "/api/v1/models"))
        narrowed = _median(lambda: _page(web, "/api/v1/models?zdr=true&max_price=2"))
        chat = _median(lambda: _page(web, f"/chat/{facts['chat']}/"))
        with telling(teller_port):
            first = _median(lambda: _first_token(web))
    for what, took, most in (
        ("95 of 100 lists of 1,000 models", models, 30),
        ("API list from memory", told, 10),
        ("API list, narrowed, from memory", narrowed, 10),
        ("chat with 50 messages", chat, 300),
        ("first token on the page, later", first, 50),
    ):
        met = "met" if took <= most else "MISSED"
        print(f"{what:<32}{took:>8.1f} ms  at most {most:<7}{met}")


def _median(one: Callable[[], float]) -> float:
    one()
    return statistics.median(one() for _ in range(ROUNDS))


def _p95_of_lists(web: httpx.Client) -> float:
    """All kinds of questions, each asked as if for the first time: none was asked before."""
    for address in ("/models/", "/models/?sort=name"):
        _page(web, address)
    took = [
        _page(web, f"/models/?{question}&{other}")
        for question in QUESTIONS
        for other in (f"q={word}" for word in WORDS)
    ]
    return statistics.quantiles(took, n=20)[-1]


def _page(web: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    response = web.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: {response.status_code}")
    return (time.perf_counter() - began) * 1000


def _first_token(web: httpx.Client) -> float:
    page = web.get("/chat/").text
    form = dict(HIDDEN.findall(page[page.index('id="composer"') :]))
    form |= {"model": "bench/teller", "text": "When is it?"}
    headers = {"Referer": f"{web.base_url}/chat/"}
    with web.stream("POST", "/chat/stream/", data=form, headers=headers) as response:
        late = 0.0
        for line in response.iter_lines():
            found = None if late else re.search(r"at (\d+)", line)
            if found:
                late = (time.monotonic_ns() - int(found[1])) / 1e6
    if not late:
        raise RuntimeError(f"the chat did not answer: {response.status_code}")
    return late
