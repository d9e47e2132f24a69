"""The provider of the benchmark: nginx answering every call from memory or one small file, so that
its own cost is small and the same for everybody."""

import subprocess
from pathlib import Path

import orjson

EVENTS = 50
CONFIG = """
daemon off;
worker_processes 1;
error_log stderr crit;
pid {folder}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /json/chat/completions {{
            default_type application/json;
            return 200 '{answer}';
        }}
        location = /stream/chat/completions {{
            default_type text/event-stream;
            root {folder};
            error_page 405 =200 /stream.txt;
            try_files /stream.txt =404;
        }}
        location = /stream.txt {{ internal; default_type text/event-stream; root {folder}; }}
    }}
}}
"""
USAGE = {"prompt_tokens": 210, "completion_tokens": 120, "total_tokens": 330}


def answer() -> bytes:
    """About a kilobyte of chat completion, written compactly."""
    return orjson.dumps(
        {
            "id": "chatcmpl-bench0000000000000000000000",
            "object": "chat.completion",
            "created": 1790000000,
            "model": "bench-model",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": "word " * 140},
                    "logprobs": None,
                    "finish_reason": "stop",
                }
            ],
            "usage": USAGE,
        }
    )


def stream() -> bytes:
    """Fifty content events, the finish, the usage and [DONE]."""
    frame = {
        "id": "chatcmpl-bench0000000000000000000000",
        "object": "chat.completion.chunk",
        "created": 1790000000,
        "model": "bench-model",
    }
    deltas = [{"content": f"word{number} "} for number in range(EVENTS)]
    chunks = [
        {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]
    chunks.append({**frame, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    chunks.append({**frame, "choices": [], "usage": USAGE})
    events = [b"data: %b\n\n" % orjson.dumps(chunk) for chunk in chunks]
    return b"".join([*events, b"data: [DONE]\n\n"])


def start(folder: Path, port: int, wrap: list[str]) -> "subprocess.Popen[bytes]":
    folder.mkdir(exist_ok=True)
    (folder / "stream.txt").write_bytes(stream())
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, port=port, answer=answer().decode()))
    return subprocess.Popen([*wrap, "nginx", "-e", "stderr", "-p", str(folder), "-c", str(config)])
