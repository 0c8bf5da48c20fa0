"""The HTTP server under a simulator."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulators.application import Application


class Protocol(HttpToolsProtocol):
    """Let the application close a connection without an answer, which ASGI has no word for."""

    def on_message_begin(self) -> None:
        """Hand the connection to the application."""
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]  # an extension of ours in the ASGI scope
        scope["simulator.transport"] = self.transport
        scope["simulator.gone"] = self._gone

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent has it
        """Begin to watch the connection."""
        self._gone = asyncio.Event()
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nobody listens."""
        self._gone.set()
        super().connection_lost(exc)


class Server(uvicorn.Server):
    """Serve until told to stop, telling when it began."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT with exit code 0."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, then tell."""
        await super().startup(sockets)
        self._ready()


def bind(port: int) -> socket.socket:
    """Take a loopback port; 0 lets the machine choose one."""
    # Named as TCP, so that the loop switches Nagle's delay off: head and body are two writes.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    bound.listen(512)
    return bound


async def serve(
    application: Application, bound: socket.socket, ready: Callable[[], None], tls: tuple[Path, Path] | None
) -> None:
    """Serve on a bound socket until a signal comes."""
    config = uvicorn.Config(
        application,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,  # the application tells the simulator's time, not the machine's
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        ssl_keyfile=None if tls is None else str(tls[0]),
        ssl_certfile=None if tls is None else str(tls[1]),
    )
    # What goes wrong in the application is logged there; a stop under way is no error to report.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    await Server(config, ready).serve(sockets=[bound])
