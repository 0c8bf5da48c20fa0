"""The ASGI application: log, faults, then the vendor."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from simulators.clock import http_date
from simulators.control import ROOT, Control
from simulators.exchange import Answer, Request
from simulators.faults import Deed
from simulators.journal import Entry
from simulators.kernel import Kernel
from simulators.vendor import Vendor, Watching

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = logging.getLogger(__name__)


class Application:
    """Serve one vendor, its control API beside it."""

    def __init__(self, kernel: Kernel, vendor: Vendor, certificate: str | None = None) -> None:
        self._kernel = kernel
        self._vendor = vendor
        self._control = Control(kernel, vendor, certificate)
        self._watching = vendor if isinstance(vendor, Watching) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request of the server."""
        if scope["type"] != "http":
            return
        request = Request(
            method=scope["method"],
            path=scope["path"],
            query_text=scope["query_string"].decode("latin-1"),
            headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
            body=await _body(receive),
            scheme=scope["scheme"],
            client=scope["client"][0] if scope.get("client") else "",
        )
        if request.path == ROOT or request.path.startswith(ROOT + "/"):
            await self._send(send, self._controlled(request))
        else:
            try:
                await self._serve(request, scope, send)
            except asyncio.CancelledError:
                # The simulator stops while a delay is running: the client sees what a stopped server shows.
                scope["simulator.transport"].abort()
                raise

    async def _serve(self, request: Request, scope: Scope, send: Send) -> None:
        kernel = self._kernel
        entry = Entry(kernel.clock.now(), self._vendor.key(request), request)
        kernel.requests.append(entry)
        if self._watching is not None:
            self._watch(self._watching, request)
        fault = kernel.faults.hit(request.method, self._vendor.below_root(request.path))
        if fault is None:
            answer = await self._real(request)
            entry.status, entry.rows = answer.status, answer.rows
            await self._send(send, answer)
            return
        deed = fault.deed
        entry.fault = fault.id
        done: Answer | None = None
        if deed.after_write and deed.write_delay is None:
            done = await self._real(request)
        if deed.delay:
            await kernel.clock.sleep(deed.delay)
        if deed.write_delay is not None:
            kernel.clock.at(kernel.clock.now() + deed.write_delay, self._later(request))
        elif done is None and not deed.replaces and not deed.close:
            done = await self._real(request)
        if deed.close:
            await _hang_up(scope)
            return
        answer = self._replaced(deed, done)
        entry.status, entry.rows = answer.status, answer.rows
        if deed.truncate is None:
            await self._send(send, answer)
        else:
            await self._send(send, answer, deed.truncate)
            await _hang_up(scope, abort=False)

    def _watch(self, vendor: Watching, request: Request) -> None:
        try:
            vendor.watch(request)
        except Exception:
            _log.exception("%s %s: watching failed in the simulator", request.method, request.path)

    async def _send(self, send: Send, answer: Answer, part: int | None = None) -> None:
        """Send an answer, or only the first so many bytes of its body."""
        body = b"" if answer.status in (204, 304) else answer.encoded()
        headers = answer.sent_headers(len(body))
        if all(name != b"date" for name, _ in headers):
            # The simulator's time: clients take the vendor's clock from here.
            headers.append((b"date", http_date(int(self._kernel.clock.now())).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body[:part], "more_body": part is not None})

    def _controlled(self, request: Request) -> Answer:
        try:
            return self._control.answer(request)
        except Exception:
            _log.exception("%s %s failed in the simulator", request.method, request.path)
            return Answer(500, {"error": "the simulator itself failed; its log has the traceback"})

    async def _real(self, request: Request) -> Answer:
        answer = self._carried_out(request)
        if answer.first is not None:
            await answer.first
        return answer

    def _carried_out(self, request: Request) -> Answer:
        try:
            return self._vendor.answer(request)
        except Exception:
            # A fault of the simulator must be told from a fault of the vendor it plays.
            _log.exception("%s %s failed in the simulator", request.method, request.path)
            return Answer(500, "the simulator itself failed; its log has the traceback", {"content-type": "text/plain"})

    def _later(self, request: Request) -> Callable[[], None]:
        async def follow(first: Awaitable[None]) -> None:
            await first

        def write() -> None:
            # At once, while the clock stands at the time it is due.
            answer = self._carried_out(request)
            if answer.first is not None:
                self._kernel.spawn(follow(answer.first))

        return write

    def _replaced(self, deed: Deed, done: Answer | None) -> Answer:
        if deed.replaces:
            status = deed.status
            if status is None:
                status = 504 if not deed.has_body else 200
            if deed.has_body or status < 400:
                answer = Answer(status, deed.body if deed.has_body else None)
            else:
                answer = self._vendor.refusal(status)
        else:
            assert done is not None
            answer = done
        if deed.headers:
            named = {name.lower() for name in deed.headers}
            answer.headers = {k: v for k, v in answer.headers.items() if k.lower() not in named} | deed.headers
        return answer


async def _body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _hang_up(scope: Scope, *, abort: bool = True) -> None:
    transport: asyncio.Transport = scope["simulator.transport"]
    if abort:
        transport.abort()
    else:
        transport.close()
    # The server learns of it in the loop's next turns and then does not answer in our place.
    await scope["simulator.gone"].wait()
