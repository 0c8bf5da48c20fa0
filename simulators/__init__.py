"""Simulators of the vendors' APIs, served over real HTTP.

The kernel is everything in this folder; one folder below it per vendor. The kernel serves HTTP, keeps the clock, the
switches, the faults, the request log, the violations, the traps and the records with their history, and answers the
control API at `/_simulator`. It knows no vendor.

A vendor is one class that satisfies `simulators.vendor.Vendor`, reached by the table `VENDORS` in `__main__`:

    class Acme:
        system = "acme"
        switches = (Switch("role", "admin", "what the key may do", one_of("admin", "guest")),)

        def __init__(self, kernel: Kernel) -> None:           # before anything is served; fill built-in data here
            self.kernel = kernel
            self.companies = Table(kernel.clock)

        def credentials(self) -> dict[str, str]: ...         # what the ready line prints
        def key(self, request: Request) -> str | None: ...   # the credential of a request, for the log and quotas
        def below_root(self, path: str) -> str: ...          # "/v1/apis/3.0/company/companies" -> "/company/companies"
        def answer(self, request: Request) -> Answer: ...    # the vendor's whole logic, synchronous
        def refusal(self, status: int) -> Answer: ...        # the vendor's own body for a status (injected faults)
        def dump(self, path: str) -> list[Any] | None: ...   # GET records/<path>; None if there is no such resource
        def person(self, method: str, path: str, body: Any) -> Any: ...  # POST, PATCH, DELETE records/<path>
        def load(self, resource: str, record: dict[str, Any]) -> None: ...  # seeding; as person's POST, id allowed
        def control(self, method: str, path: str, body: Any) -> Any: ...    # control calls of this vendor only
        def switched(self, name: str) -> None: ...           # a switch was set

What the kernel lends (`kernel.…`):

- `clock.now()` seconds since the epoch, `clock.stamp()` the same as RFC 3339; `clock.at(due, call)` runs a synchronous
  call when the simulator's clock gets there; `await clock.sleep(seconds)`. `POST clock {"advance": n}` moves them all.
  Never read another clock.
- `switches["name"]` the value in force. Declare with a `Switch(name, default, means, check)`; checks are in
  `simulators.switches` (`flag`, `one_of`, `seconds`, `texts`, or any function that returns the value or raises
  `ValueError`). `switched(name)` is called after each change.
- `random` seeded; `limits` False under `--limits off`; `violate(request, rule)` notes a call that must never be made;
  `spawn(coroutine)` runs a task (webhook deliveries) and logs what it raises.
- `Table(clock)` holds rows and their history: `put(id, row, by)`, `remove(id, by)`, `rows`, `ids()`, `find(field, value)`.
  A row that was put is never changed in place: build another dict and put that. `dump(shape)` is what `GET records` wants.
- `Window` counts requests in a rolling or fixed window.

An `Answer(status, body, headers, rows)` takes bytes, text, a JSON value or None as its body; `rows` is the number of records
in it, for the request log. `Answer.first` may be a coroutine that is awaited before the answer is sent. In `person` and
`control` raise `ControlError(status, message)` to refuse; both answer the JSON value to send.
"""
