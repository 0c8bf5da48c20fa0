"""The transport against a server of raw sockets that misbehaves on request."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from bridge.errors import SettingsError, SideDownError, TransientError
from bridge.transport import Response, Transport

OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


class Server:
    """Accepts connections and hands each to a script; `seen` holds the bytes of every connection."""

    def __init__(self, script: Callable[[socket.socket, "Server"], None]) -> None:
        self.script = script
        self.seen: list[bytes] = []
        self.ended: list[str] = []
        self.done = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/api"
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                thread = threading.Thread(target=self._serve, args=(self.socket.accept()[0],))
                self.threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.script(connection, self)

    def request(self, connection: socket.socket) -> bytes:
        """Read one request, whole."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(v.split(b":")[1]) for v in head.split(b"\r\n") if v.lower().startswith(b"content-length")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        self.seen.append(head + b"\r\n\r\n" + body)
        return self.seen[-1]

    def close(self) -> None:
        self.done.set()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for thread in self.threads:
            thread.join(5)


@contextmanager
def serving(script: Callable[[socket.socket, Server], None]) -> Iterator[Server]:
    """Run a server for the length of a block."""
    server = Server(script)
    try:
        yield server
    finally:
        server.close()


def answering(answer: bytes) -> Callable[[socket.socket, Server], None]:
    """Answer every request alike and keep the connection."""

    def script(connection: socket.socket, server: Server) -> None:
        while server.request(connection):
            connection.sendall(answer)

    return script


def breaking_off(answer: bytes) -> Callable[[socket.socket, Server], None]:
    """Send these bytes for an answer, then close."""

    def script(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        connection.sendall(answer)

    return script


def closed_port() -> int:
    """Give a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as spare:
        return int(spare.getsockname()[1])


def once(url: str, method: str, path: str, *, deadline: float = 45.0, **request: Any) -> Response:
    """Send one request over a transport of its own."""
    with Transport(url, deadline=deadline) as transport:
        return transport.send(method, path, **request)


def test_an_answer_carries_status_headers_body_and_the_servers_time() -> None:
    """Header names ignore case; the date is aware."""
    head = b"HTTP/1.1 404 Not Found\r\nDate: Tue, 03 Mar 2026 10:11:12 GMT\r\nContent-Type: Application/JSON; charset=utf-8\r\n"

    with serving(answering(head + b'Content-Length: 7\r\n\r\n{"a":1}')) as server, Transport(server.url) as transport:
        answer = transport.send("GET", "/things", params=[("filter[id]", "1,2"), ("page[size]", 5)])

    assert answer.status == 404
    assert answer.headers["CONTENT-type"].startswith("Application/JSON")
    assert answer.content_type == "application/json"
    assert answer.json() == {"a": 1}
    assert answer.date == datetime(2026, 3, 3, 10, 11, 12, tzinfo=UTC)
    assert b"GET /api/things?filter%5Bid%5D=1%2C2&page%5Bsize%5D=5 HTTP/1.1\r\n" in server.seen[0]


def test_requests_share_a_connection_and_carry_headers_and_credentials() -> None:
    """Keep-alive: two requests, one connection; a body goes with its own content type."""
    connections = []

    def script(connection: socket.socket, server: Server) -> None:
        connections.append(connection)
        answering(OK)(connection, server)

    with (
        serving(script) as server,
        Transport(server.url, headers={"X-Key": "k"}, auth=("user", "word"), user_agent="t/1") as transport,
    ):
        transport.send("GET", "a")
        transport.send("POST", "b", json={"x": 1}, headers={"Content-Type": "application/vnd.api+json"})

    assert len(connections) == 1
    assert b"x-key: k" in server.seen[0]
    assert b"authorization: Basic dXNlcjp3b3Jk" in server.seen[0]
    assert b"user-agent: t/1" in server.seen[0]
    assert b"content-type: application/vnd.api+json" in server.seen[1]
    assert server.seen[1].endswith(b'{"x":1}')


def test_a_packed_answer_is_unpacked() -> None:
    """Answers may come gzipped; what cannot be unpacked is lost."""
    body = gzip.compress(b'{"a": [1]}')
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: "

    with (
        serving(answering(head + str(len(body)).encode() + b"\r\n\r\n" + body)) as server,
        Transport(server.url) as transport,
    ):
        assert transport.send("GET", "a").json() == {"a": [1]}
    with (
        serving(answering(head + b"4\r\n\r\nnope")) as server,
        Transport(server.url) as transport,
        pytest.raises(SideDownError, match="unpacked"),
    ):
        transport.send("GET", "a")


def test_what_is_not_json_is_quoted_on_one_line_and_briefly() -> None:
    """A maintenance page names itself in the log."""
    page = b"<html>\n<b>\x1b[31mdown\x00 for\tmaintenance" + b"x" * 500

    with serving(
        answering(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: %d\r\n\r\n" % len(page) + page)
    ) as server:
        answer = once(server.url, "GET", "/a")

    with pytest.raises(TransientError) as caught:
        answer.json()
    assert "/api/a: answered 200 with text/html" in str(caught.value)
    assert "<html> <b> [31mdown for maintenance" in str(caught.value)
    assert len(str(caught.value)) < 300


def test_nothing_left_when_no_connection_was_opened() -> None:
    """A closed port or an unknown name is `sent=False`."""
    for url in (f"http://127.0.0.1:{closed_port()}", "http://nowhere.invalid"):
        with pytest.raises(SideDownError, match="no connection") as caught:
            once(url, "POST", "a", json={})
        assert not caught.value.sent


@pytest.mark.parametrize(
    "script",
    [
        breaking_off(b""),
        breaking_off(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{}"),
        breaking_off(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"),
        breaking_off(b"HTTP/1.1 200"),
        breaking_off(b"220 mail.example ESMTP\r\n\r\n"),
    ],
    ids=["closed", "body cut", "chunk cut", "head cut", "no http"],
)
def test_an_answer_that_breaks_off_is_lost_after_sending(script: Callable[[socket.socket, Server], None]) -> None:
    """The write may be done: `sent=True`."""
    with serving(script) as server, pytest.raises(SideDownError) as caught:
        once(server.url, "POST", "a", json={})

    assert caught.value.sent


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n"], ids=["head", "body"])
def test_an_answer_that_trickles_ends_at_the_deadline(start: bytes) -> None:
    """Each byte comes in time, the whole does not."""

    def script(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        connection.sendall(start)
        while not server.done.wait(0.03):
            connection.sendall(b"H")

    with serving(script) as server:
        begun = time.monotonic()
        with pytest.raises(SideDownError, match=r"no whole answer within 0\.3 s") as caught:
            once(server.url, "POST", "a", json={}, deadline=0.3)
        assert time.monotonic() - begun < 0.6
        assert caught.value.sent


def test_a_request_that_is_given_up_is_cut_and_not_delivered_late() -> None:
    """The server that reads only after the deadline finds a reset connection, not the rest of the body."""
    got = bytearray()
    ended = threading.Event()

    def script(connection: socket.socket, server: Server) -> None:
        time.sleep(0.4)
        try:
            while data := connection.recv(65536):
                got.extend(data)
        except ConnectionResetError:
            server.ended.append("reset")
        ended.set()

    with serving(script) as server:
        with pytest.raises(SideDownError) as caught:
            once(server.url, "POST", "a", content=b"x" * 12_000_000, deadline=0.2)
        assert ended.wait(5)

    assert caught.value.sent
    assert server.ended == ["reset"]
    assert len(got) < 12_000_000


def test_before_the_first_byte_is_asked_with_the_connection_open_and_nothing_sent() -> None:
    """What it raises comes out as it is, and the server saw a connection without a byte."""
    seen = []
    accepted = threading.Event()
    ended = threading.Event()

    def script(connection: socket.socket, server: Server) -> None:
        accepted.set()
        with suppress(ConnectionResetError):
            seen.append(connection.recv(10))
        ended.set()

    def abandon() -> None:
        assert accepted.wait(2)
        raise LookupError("lease is gone")

    with serving(script) as server:
        with pytest.raises(LookupError, match="lease is gone"):
            once(server.url, "POST", "a", json={}, before_first_byte=abandon)
        assert ended.wait(2)

    assert seen in ([], [b""])


def test_before_the_first_byte_is_asked_once_for_each_request_on_a_kept_connection() -> None:
    """Also where the connection is an old one."""
    asked = []

    with serving(answering(OK)) as server, Transport(server.url) as transport:
        for turn in range(3):
            transport.send("POST", "a", content=b"x" * 600_000, before_first_byte=lambda turn=turn: asked.append(turn))  # type: ignore[misc]

    assert asked == [0, 1, 2]


def test_a_connection_that_the_server_closed_while_idle_is_not_used_again() -> None:
    """The close is seen before the next request, so that request is not lost."""

    def script(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        connection.sendall(OK)

    with serving(script) as server, Transport(server.url) as transport:
        for _ in range(3):
            assert transport.send("GET", "a").status == 200
            time.sleep(0.02)


def test_a_close_that_is_not_seen_in_time_counts_as_sent_unless_no_byte_was_taken() -> None:
    """The server hangs up between our last look and our first byte."""
    hung_up = threading.Event()
    may_hang_up = threading.Event()

    def script(connection: socket.socket, server: Server) -> None:
        if server.seen:
            return
        server.request(connection)
        connection.sendall(OK)
        assert may_hang_up.wait(2)
        connection.close()
        hung_up.set()

    def hang_up() -> None:
        may_hang_up.set()
        assert hung_up.wait(2)

    with serving(script) as server, Transport(server.url) as transport:
        transport.send("GET", "a")
        with pytest.raises(SideDownError) as caught:
            transport.send("POST", "a", json={}, before_first_byte=hang_up)

    assert caught.value.sent  # the first send after a FIN is taken by the kernel: bytes left


def test_redirects_are_answers() -> None:
    """Credentials never follow a Location."""
    with serving(
        answering(b"HTTP/1.1 302 Found\r\nlocation: http://elsewhere.test/\r\ncontent-length: 0\r\n\r\n")
    ) as server:
        answer = once(server.url, "GET", "a")

    assert (answer.status, answer.headers["location"], len(server.seen)) == (302, "http://elsewhere.test/", 1)


def test_a_page_link_is_followed_on_the_same_server_only() -> None:
    """An absolute URL of another host, scheme or port would carry the key away."""
    with serving(answering(OK)) as server, Transport(server.url, headers={"x-key": "secret"}) as transport:
        transport.send("GET", server.url + "/next?page=2")
        with pytest.raises(TransientError, match="another server"):
            transport.send("GET", "http://127.0.0.1:1/next")

    assert b"GET /api/next?page=2 " in server.seen[0]


def test_errors_and_reprs_hold_no_secret() -> None:
    """Neither the key nor the password, wherever it goes wrong."""
    transport = Transport(
        f"http://127.0.0.1:{closed_port()}", headers={"x-api-key": "ITG.secret"}, auth=("user", "password")
    )

    with pytest.raises(SideDownError) as caught:
        transport.send("GET", "a", params={"token": "ITG.secret"})
    with pytest.raises(SettingsError) as refused:
        Transport("https://host.test", headers={"x-api-key": "ITG.secret\n"})

    for text in (str(caught.value), repr(transport), str(refused.value), repr(refused.value.__cause__)):
        assert "secret" not in text
        assert "password" not in text


def test_an_address_that_is_none_is_refused() -> None:
    """With the form that is wanted."""
    for url in ("api.itglue.com", "ftp://host", "https://"):
        with pytest.raises(SettingsError, match="https://host/path"):
            Transport(url)


def test_closing_lets_a_request_under_way_have_its_answer() -> None:
    """The connection is closed after the answer, and not before; who asks once more is answered, and leaves nothing open."""
    asked, answer = threading.Event(), threading.Event()

    def script(connection: socket.socket, server: Server) -> None:
        try:
            while server.request(connection):
                asked.set()
                answer.wait(5)
                connection.sendall(OK)
        finally:
            server.ended.append("closed")

    with serving(script) as server:
        transport = Transport(server.url)
        answers: list[Response] = []
        asking = threading.Thread(target=lambda: answers.append(transport.send("GET", "things")))
        asking.start()
        asked.wait(5)
        transport.close()
        open_still = not server.ended
        answer.set()
        asking.join()
        answers.append(transport.send("GET", "things"))
        for _ in range(100):
            if len(server.ended) == 2:
                break
            time.sleep(0.02)

        assert open_still
        assert [each.status for each in answers] == [200, 200]
        assert server.ended == ["closed", "closed"]


def test_threads_share_one_transport() -> None:
    """Each gets its own answer."""
    answers: dict[str, bytes] = {}

    def script(connection: socket.socket, server: Server) -> None:
        while request := server.request(connection):
            path = request.split(b" ")[1]
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(path) + path)

    with serving(script) as server, Transport(server.url) as transport:

        def ask(name: str) -> None:
            for turn in range(20):
                answers[f"/api/{name}{turn}"] = transport.send("GET", f"{name}{turn}").body

        threads = [threading.Thread(target=ask, args=(name,)) for name in "abcdef"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(answers) == 120
    assert all(body.decode() == path for path, body in answers.items())
