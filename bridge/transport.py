"""HTTP as the bridge needs it: one request, one answer or one honest error, by a deadline."""

import base64
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx
import orjson

from bridge.errors import SettingsError, SideDownError, TransientError

Params = Mapping[str, str | int] | Sequence[tuple[str, str | int]]

USER_AGENT = "psa-glue-bridge"
# Shorter than the 5 s after which common servers close an idle connection: a request that meets the close is lost.
KEEPALIVE = 3.0
CONNECTIONS = 64
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: `headers` ignore case, `body` is whole and decoded, `url` is what was asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def content_type(self) -> str:
        """Give the media type in lower case without parameters, empty where none was named."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def date(self) -> datetime | None:
        """Give the server's own time, to the second; None where it named none that can be read."""
        try:
            at = parsedate_to_datetime(self.headers.get("date", ""))
        except ValueError:
            return None
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

    def json(self) -> Any:
        """Read the body as JSON; raise TransientError, quoting what came, where it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            kind = self.content_type or "no content type"
            raise TransientError(
                f"{httpx.URL(self.url).path}: answered {self.status} with {kind} that is not JSON: {excerpt(self.body)}",
            ) from None


def excerpt(body: bytes, length: int = 200) -> str:
    """Give the first characters of a body on one line, fit for a log."""
    text = body[: 4 * length].decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:length]


class Transport:
    """A pool of connections to one server, safe to share between threads.

    Nothing is retried and no redirect is followed. `deadline` bounds a whole request in seconds, from the call to the
    last byte of the answer. `headers` and `auth` (user and password) go with every request, to this server only.
    `verify` is False, True, or the path of a file of trusted certificates.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        deadline: float = 45.0,
        verify: bool | str = True,
        user_agent: str = USER_AGENT,
    ) -> None:
        self._base = httpx.URL(base_url.rstrip("/") + "/")
        if self._base.scheme not in {"http", "https"} or not self._base.host:
            raise SettingsError("B104", f"{base_url!r} is no address of a server; write https://host/path")
        self.deadline = deadline
        self._headers = {"accept-encoding": "gzip", "user-agent": user_agent, **_lowered(headers or {})}
        if auth is not None:
            self._headers["authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        _refuse_unsendable(self._headers)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_ssl_context(verify) if self._base.scheme == "https" else None,
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS,
            keepalive_expiry=KEEPALIVE,
            network_backend=_Network(_socket_options(deadline)),
        )
        self._counting = threading.Lock()
        self._under_way = 0
        self._closed = False

    def __repr__(self) -> str:
        return f"Transport({self.host})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def host(self) -> str:
        """Name the server that this transport talks to, with its port where the address names one."""
        return _server(self._base)

    def close(self) -> None:
        """Close every connection: at once, or where a request is under way, once the last of these has its answer."""
        with self._counting:
            self._closed = True
            idle = not self._under_way
        if idle:
            self._pool.close()

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        with self._counting:
            self._under_way += 1
        try:
            yield
        finally:
            with self._counting:
                self._under_way -= 1
                last = self._closed and not self._under_way
            if last:
                self._pool.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        before_first_byte: Callable[[], None] | None = None,
    ) -> Response:
        """Send one request and give the whole answer, whatever its status.

        `path` is relative to the base URL, or an absolute URL of the same server (a page link). `before_first_byte`
        runs once the connection is open and nothing has left; what it raises abandons the request and comes out as it
        is. Raises SideDownError: `sent` is False only where provably no byte of the request left us.
        """
        url = self._url(path, params)
        what = f"{method} {_server(url)}{url.path}"
        named = {**self._headers, **_lowered(headers or {})}
        if json is not None:
            content = orjson.dumps(json)
            named.setdefault("content-type", "application/json")
        if content is not None or method in {"POST", "PUT", "PATCH"}:
            named["content-length"] = str(len(content or b""))
        _refuse_unsendable(named)
        exchange = _Exchange(time.monotonic() + self.deadline, before_first_byte)
        token = _current.set(exchange)
        try:
            with self._in_use():
                status, raw, body = self._exchange(method, url, named, content or b"")
            if (
                not exchange.sent
            ):  # an answer that was there before the question: the server was closing an idle connection
                raise SideDownError(f"{what}: the connection was closed before the request left", sent=False)
            answer = httpx.Response(status, headers=raw, content=body)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpx.DecodingError) as error:
            raise SideDownError(f"{what}: {_reason(error, self.deadline)}", sent=exchange.sent) from error
        finally:
            _current.reset(token)
        return Response(status, answer.headers, answer.content, str(url))

    def _url(self, path: str, params: Params | None) -> httpx.URL:
        url = httpx.URL(path if "://" in path else f"{self._base}{path.lstrip('/')}")
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port):
            raise TransientError(f"{self.host}: will not send credentials to another server, {_server(url)}")
        return url.copy_merge_params(dict(params) if isinstance(params, Mapping) else list(params)) if params else url

    def _exchange(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        request = httpcore.Request(
            method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=[(b"host", url.netloc), *((k.encode(), v.encode()) for k, v in headers.items())],
            content=content,
            extensions={"timeout": {"pool": self.deadline}},
        )
        response = self._pool.handle_request(request)
        try:
            assert isinstance(response.stream, Iterable)
            return response.status, list(response.headers), b"".join(response.stream)
        finally:
            response.close()


@dataclass(slots=True)
class _Exchange:
    """One request under way: when it must end, what is asked before its first byte, whether a byte left."""

    ends_at: float
    before_first_byte: Callable[[], None] | None
    asked: bool = False
    sent: bool = False

    def left(self, error: type[httpcore.TimeoutException]) -> float:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise error("deadline")
        return left

    def ask(self) -> None:
        if not self.asked:
            self.asked = True
            if self.before_first_byte is not None:
                self.before_first_byte()


_current: ContextVar[_Exchange] = ContextVar("exchange")


class _Stream(httpcore.NetworkStream):
    """A socket whose every wait ends at the deadline of the request that uses it."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._tls = isinstance(sock, ssl.SSLSocket)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._socket.settimeout(_current.get().left(httpcore.ReadTimeout))
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout("deadline") from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        exchange = _current.get()
        exchange.ask()
        rest = memoryview(buffer)
        try:
            while rest:
                self._socket.settimeout(exchange.left(httpcore.WriteTimeout))
                # A plain socket that fails has taken nothing of this call; TLS may have put part of a record out.
                exchange.sent = exchange.sent or self._tls
                rest = rest[self._socket.send(rest[:_CHUNK]) :]
                exchange.sent = True
        except TimeoutError as error:
            raise httpcore.WriteTimeout("deadline") from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            self._socket.settimeout(_current.get().left(httpcore.ConnectTimeout))
            return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname))
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout("deadline") from error
        except OSError as error:
            self.close()
            raise httpcore.ConnectError(str(error)) from error

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # of an idle connection this means that the server closed it
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            return bool(poll.poll(0))
        return None


class _Network(httpcore.NetworkBackend):
    def __init__(self, options: list[tuple[int, int, int | bytes]]) -> None:
        self._options = options

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = OSError("the name has no address")
        for family, kind, protocol, address in _addresses(host, port):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(_current.get().left(httpcore.ConnectTimeout))
                for level, option, value in self._options:
                    sock.setsockopt(level, option, value)
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
            except BaseException:
                sock.close()
                raise
            else:
                return _Stream(sock)
        if isinstance(failure, TimeoutError):
            raise httpcore.ConnectTimeout("deadline") from failure
        raise httpcore.ConnectError(str(failure)) from failure


def _addresses(host: str, port: int) -> Iterator[tuple[int, int, int, Any]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    for family, kind, protocol, _name, address in found:
        yield family, kind, protocol, address


def _socket_options(deadline: float) -> list[tuple[int, int, int | bytes]]:
    """Make a request that is given up be cut: the kernel would otherwise deliver what it still holds after the close."""
    options: list[tuple[int, int, int | bytes]] = [
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)),
    ]
    user_timeout = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux only
    if user_timeout is not None:
        options.append((socket.IPPROTO_TCP, user_timeout, max(1, round(deadline * 1000))))
    return options


def _ssl_context(verify: bool | str) -> ssl.SSLContext:
    if isinstance(verify, str):
        try:
            return ssl.create_default_context(cafile=verify)
        except OSError as error:
            raise SettingsError("B104", f"{verify}: no file of trusted certificates ({error})") from error
    return httpx.create_ssl_context(verify=verify)


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _refuse_unsendable(headers: Mapping[str, str]) -> None:
    """Name the header whose value cannot stand in a request, never the value: it may be a key."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable() and value == value.strip()):
            raise SettingsError("B104", f"the value of {name} has a line break, blank or other sign it cannot have")


def _server(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def _reason(error: Exception, deadline: float) -> str:
    match error:
        case httpcore.PoolTimeout():
            return f"no connection was free for {deadline:g} s"
        case httpcore.ConnectTimeout():
            return f"no connection within {deadline:g} s"
        case httpcore.ConnectError():
            return f"no connection ({error})"
        case httpcore.TimeoutException():
            return f"no whole answer within {deadline:g} s"
        case httpcore.ProtocolError():
            return f"the answer broke off or is no HTTP ({error})"
        case httpx.DecodingError():
            return "the answer cannot be unpacked"
        case _:
            return f"the connection was lost ({error})"
