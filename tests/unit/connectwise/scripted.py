"""A server that answers as a test's script says, for what a real one does only on its worst day."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.connectwise.connector import ConnectWise
from connectors.connectwise.settings import ConnectWiseSettings
from tests.unit.connectwise.samples import answer

INFO = {"CompanyName": "acme", "Codebase": "v2025_1/", "VersionCode": "v2025.1", "IsCloud": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, its path below the API root."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the script answers; a `body` of bytes goes out as it is, anything else as JSON."""

    body: Any = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def sample(cls, name: str) -> "Answer":
        """Give a recorded answer."""
        recorded = answer(name)
        return cls(recorded.body, recorded.status, dict(recorded.headers))


Script = Callable[[Asked], Answer]


class Server(ThreadingHTTPServer):
    """Serves one script; `asked` holds all requests but those for company info."""

    daemon_threads = True

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.asked: list[Asked] = []
        self.informed = 0
        self.info: Any = INFO

    @property
    def url(self) -> str:
        """Give the address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that the transport cuts."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if parts.path.startswith("/login/companyinfo/"):
            self.server.informed += 1
            given = self.server.info if isinstance(self.server.info, Answer) else Answer(self.server.info)
        else:
            asked = Asked(parts.path.partition("/apis/3.0")[2], dict(parse_qsl(parts.query)), headers)
            self.server.asked.append(asked)
            given = self.server.script(asked)
        body = given.body if isinstance(given.body, bytes) else json.dumps(given.body).encode()
        self.send_response_only(given.status)  # a Date only where the script gives one
        named = {"Content-Type": "application/json", **given.headers, "Content-Length": str(len(body))}
        for name, value in named.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""


@contextmanager
def scripted(script: Script, **settings: Any) -> Iterator[tuple[ConnectWise, Server]]:
    """Give a connector and the server that it talks to."""
    server = Server(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    keys = {"company": "acme", "public_key": "pub-secret", "private_key": "priv-secret", "client_id": "cid-secret"}
    connector = ConnectWise("cw", ConnectWiseSettings(**{"url": server.url, **keys, **settings}))
    try:
        yield connector, server
    finally:
        connector.close()
        server.shutdown()
        server.server_close()
        thread.join()


def rows(*numbers: int, **words: Any) -> list[dict[str, Any]]:
    """Give records of these ids."""
    stamp = {"_info": {"lastUpdated": "2026-05-01T09:00:00Z"}}
    return [{"id": n, "name": f"N{n}", **stamp, **words} for n in numbers]


def following(cursor: int) -> dict[str, str]:
    """Give a Link header that names the next page."""
    return {"Link": f'<https://elsewhere.test/v1/apis/3.0/company/companies?pageSize=2&pageId={cursor}>; rel="next"'}


LAST = {"Link": ""}
