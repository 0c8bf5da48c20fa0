"""A small world to drain in: a store, an IT Glue simulator, and records as a connector would bring them."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import sqlalchemy as sa
from redis import Redis

from bridge import app, poll
from bridge.connector import Connector
from bridge.drain import verify
from bridge.drain.drain import Drain
from bridge.engine import Engine
from bridge.mapping.blocks import compile_mapping
from bridge.quota import Quota, Window
from bridge.records import Record, Ref
from bridge.settings import Settings, load_settings
from bridge.store import carried, dear_reads, decisions, runs, streams
from bridge.store import targets as target_rows
from bridge.store.block_key import BlockKey
from bridge.store.database import Database
from bridge.store.index import Index
from bridge.store.mirror import Mirror
from bridge.store.schema import journal, links, mirror, targets
from bridge.times import Times
from connectors.registry import KINDS
from tests.simulators.running import Running

# As PROTOCOLS has them for tests.
TIMES = Times(
    write_window=1.0, list_lag=2.0, deadline=0.5, intend_age=0.2, lease=2.0, backoff_min=0.1, backoff_max=1.0,
    sweep=0.2, confirm_gap=0.2, gone_gap=0.0,
)  # fmt: skip
# Where no list lags, a lost answer need not be waited for so long.
QUICK = replace(TIMES, write_window=0.8, list_lag=0.2)

_SETTINGS = """
version = 1
defaults = "2026-11"
mode = "apply"
[itglue]
url = "{itglue}"
key = "file:key"
[sources.cw]
type = "connectwise"
url = "{connectwise}"
company = "{company}"
public_key = "env:PUBLIC"
private_key = "env:PRIVATE"
client_id = "env:CLIENT"
native = true
[rollout]
organizations = ["*"]
{more}
"""
_STOPS = "[stops]\nnames = { hour = 1000, day = 1000 }\n"  # these proofs are not about stops, unless they say so
RESOURCES = (
    "configurations", "models", "manufacturers", "organizations", "configuration_types", "configuration_statuses",
    "organization_types", "organization_statuses", "contacts", "locations", "contact_types", "flexible_asset_types",
    "flexible_asset_fields", "flexible_assets", "documents", "checklists",
)  # fmt: skip
_OPEN = ("pending", "waiting", "creating")


class World:
    """One store and one account; `engine` is a worker's view of both, `another()` that of a second worker."""

    def __init__(
        self,
        folder: Path,
        open_database: Callable[[], Database],
        itglue: Running,
        redis: Redis,
        *,
        connectwise: Running | None = None,
        times: Times = TIMES,
    ) -> None:
        self.folder = folder
        self.itglue = itglue
        self.times = times
        self._open_database = open_database
        self._redis = redis
        self._account = uuid.uuid4().hex
        psa = connectwise.credentials if connectwise is not None else {}
        self._environment = {
            "PUBLIC": psa.get("public_key", "p"), "PRIVATE": psa.get("private_key", "q"),
            "CLIENT": psa.get("client_id", "c"),
        }  # fmt: skip
        self._addresses = {
            "itglue": itglue.url,
            "connectwise": connectwise.url if connectwise is not None else "http://127.0.0.1:9",
            "company": psa.get("company", "acme"),
        }
        self._made: list[Engine] = []
        self._before = {word: {str(one["id"]) for one in itglue.get(f"/records/{word}")} for word in RESOURCES}
        self._asked = len(itglue.get("/requests"))
        self._clock = 0
        self.use_key(itglue.credentials["api_key"])
        self.organizations = 'create = "yes"\n'
        self.locations = ""
        self.contacts = ""
        self.configurations = ""
        self.assets = ""
        self.stops = _STOPS
        self.native = True
        self._engine: Engine | None = None

    # The two sides of the store

    @property
    def engine(self) -> Engine:
        """Give the first worker, made when it is first needed."""
        if self._engine is None:
            self._engine = self.another()
        return self._engine

    def use_key(self, key: str) -> None:
        """Write the key where the settings name it."""
        (self.folder / "key").write_text(key)

    def settings(self) -> Settings:
        """Read the settings as they are described."""
        tables = ("organizations", "locations", "contacts", "configurations")
        more = "\n".join([*(f"[{name}]\n{getattr(self, name)}" for name in tables), self.assets, self.stops])
        path = self.folder / "bridge.toml"
        path.write_text(_SETTINGS.format(**self._addresses, more=more))
        return load_settings(path, {name: kind.settings for name, kind in KINDS.items()}, environment=self._environment)

    def another(self) -> Engine:
        """Give another worker, as a process of its own would have it."""
        settings = self.settings()
        db, times = self._open_database(), self.times
        quota = Quota(
            self._redis, self._account, [Window(100_000, 10)], share=0.0, deadline=times.deadline, margin=0.2,
            first_pause=0.2,
        )  # fmt: skip
        credentials = app.Credentials(settings, quota)
        # The settings file has the times of production; the client keeps to ours.
        client = _client(settings, quota, times)
        mapping = compile_mapping(settings)
        connectors: dict[str, Connector] = {name: credentials.connector(name) for name in settings.sources}
        keys = [BlockKey.of(block) for block in mapping.blocks]
        engine = Engine(
            db=db, times=times, mapping=mapping, itglue=client, connectors=connectors,
            mirror=Mirror(db, keys, confirm_gap=times.confirm_gap), index=Index(db, list_lag=times.list_lag),
            stops=app.stops_of(settings), owner=uuid.uuid4().hex, who="test", mode="apply",
            native_source=settings.native_source if self.native else None, rollout=settings.rollout,
        )  # fmt: skip

        def renew(side: str) -> bool:
            key = (self.folder / "key").read_text()
            if side != "itglue" or key == renewed[0]:
                return False
            renewed[0] = key
            engine.itglue.close()
            engine.itglue = _client(self.settings(), quota, times)
            return True

        renewed = [(self.folder / "key").read_text()]
        engine.renew_credentials = renew
        self._made.append(engine)
        return engine

    def configure(self, **tables: str) -> None:
        """Change tables of the settings: from here on the first worker is one that has read them anew."""
        for name, text in tables.items():
            setattr(self, name, text)
        self._engine = None

    def close(self) -> None:
        """Give back every connection."""
        for engine in self._made:
            engine.itglue.close()
            for connector in engine.connectors.values():
                connector.close()

    # The source

    def put(self, *records: Record, fetched: bool = False) -> int:
        """Mirror records as one read of their source would, and give the run."""
        engine = self.engine
        with engine.db.write() as connection:
            run = runs.start(engine.db, connection, "poll", "test")
        for kind in ("organization", "location", "contact", "configuration", "ticket"):
            page = [record for record in records if record.ref.kind == kind]
            engine.mirror.write(
                page, read_started_at=engine.db.now(), run=run, lane="backfill", normalizer=1, fetched=fetched
            )
        self._tell_devices([record for record in records if record.ref.kind == "ticket"])
        with engine.db.write() as connection:
            runs.read_done(connection, run, now=engine.db.now(connection))
        return run

    def _tell_devices(self, tickets: Sequence[Record]) -> None:
        """Note the devices of tickets as read, which the source is asked for one by one."""
        db = self.engine.db
        with db.write() as connection:
            for record in tickets:
                mine = sa.select(mirror.c.id, mirror.c.digest).where(
                    mirror.c.kind == "ticket", mirror.c.ext_id == record.ref.id
                )
                row = connection.execute(mine).one()
                added = {"configurations": record.words.get("configurations") or []}
                dear_reads.done(db, connection, row.id, row.digest, added)
                words = dear_reads.put(connection, row.id, added)
                carried.enter(connection, {row.id: replace(record, words=words or record.words)})

    def organization(self, number: str = "1", name: str = "Acme Ltd", **words: Any) -> Record:
        """Give a version of an organization, later than all before."""
        given = {"identifier": f"ORG{number}", "status": "Active", "types": ["Client"], "recycled": False, **words}
        return self._record(Ref("cw", "organization", number), {"name": name, **given})

    def device(self, number: str, organization: str = "1", **words: Any) -> Record:
        """Give a version of a configuration, later than all before."""
        given = {"name": f"device {number}", "type": "Server", "status": "Active", "serial_number": f"SN-{number}-X"}
        return self._record(
            Ref("cw", "configuration", number),
            {**given, "organization": {"id": organization, "name": f"organization {organization}"}, **words},
        )

    def site(self, number: str, organization: str = "1", **words: Any) -> Record:
        """Give a version of a location, later than all before."""
        given = {"name": f"site {number}", "organization": {"id": organization, "name": f"organization {organization}"}}
        return self._record(Ref("cw", "location", number), {**given, **words})

    def contact(self, number: str, organization: str = "1", **words: Any) -> Record:
        """Give a version of a contact, later than all before."""
        given = {"first_name": "Jo", "last_name": f"Doe {number}", "emails": [{"value": f"jo{number}@acme.test"}],
                 "organization": {"id": organization, "name": f"organization {organization}"}}  # fmt: skip
        return self._record(Ref("cw", "contact", number), {**given, **words})

    def ticket(self, number: str, organization: str = "1", **words: Any) -> Record:
        """Give a version of a ticket, later than all before."""
        given = {
            "number": int(number),
            "title": f"ticket {number}",
            "open": True,
            "status": "New",
            "board": "Help Desk",
        }
        return self._record(
            Ref("cw", "ticket", number),
            {**given, "organization": {"id": organization, "name": f"organization {organization}"}, **words},
        )

    def _record(self, ref: Ref, words: Mapping[str, Any]) -> Record:
        self._clock += 1
        base: dict[str, Any] = {
            "ref": str(ref),
            "source": ref.source,
            "kind": ref.kind,
            "id": ref.id,
            "url": None,
            "custom": {},
        }
        return Record(ref, 1_700_000_000_000 + self._clock, {**base, **words}, {"id": ref.id, "v": self._clock})

    def lose(self, ref: str) -> None:
        """Let a record be gone at its source."""
        engine = self.engine
        with engine.db.write() as connection:
            run = runs.start(engine.db, connection, "poll", "test")
        poll.gone(engine, Ref.parse(ref), started_at=engine.db.now(), run=run, lane="backfill")

    def cycle(self, kind: str, what: str = "poll") -> int | None:
        """Do one cycle of a stream of the real source."""
        engine = self.engine
        streams.ensure(engine.db, [("cw", kind, what)])
        row = streams.claim_one(engine.db, "cw", kind, what, owner=engine.owner, lease=self.times.lease)
        assert row is not None
        return poll.cycle(engine, row, every=60.0)

    # The work

    def drain(self, *engines: Engine, seconds: float = 12.0, until: Callable[[], bool] | None = None) -> None:
        """Work, as the service does, until nothing is open."""
        workers = [Drain(engine) for engine in (engines or (self.engine,))]
        done = until or (lambda: not self.open())
        ends_at, moment = monotonic() + seconds, Event()
        while monotonic() < ends_at:
            verify.raise_due(self.engine)
            for worker in workers:
                worker("live")
                worker("backfill")
            if done():
                return
            moment.wait(0.05)
        raise AssertionError(f"still open: {[(row.anchor, row.state, row.last_error) for row in self.open()]}")

    def settle(self, *records: Record) -> None:
        """Mirror records and work until nothing is open."""
        self.put(*records)
        self.drain()

    def once(self, lane: Any = "backfill", engine: Engine | None = None) -> int:
        """Drain a lane once, as one ring of the doorbell makes a worker do."""
        return Drain(engine or self.engine)(lane)

    def decide(self, ref: str, verb: str, **values: Any) -> None:
        """Decide as a person, and make the target due."""
        engine, row = self.engine, self.target(ref)
        with engine.db.write() as connection:
            now = engine.db.now(connection)
            decisions.decide(connection, row.id, verb, by="person", at=now, **values)
            target_rows.touch(connection, targets.c.id == row.id, now=now, lane="backfill")

    def accept(self, ref: str) -> None:
        """Say yes to what holds a target."""
        row = self.target(ref)
        self.decide(ref, "accept", code=row.code, change_digest=row.change_digest)

    def touch(self, ref: str) -> None:
        """Make a target due, as a hint does."""
        engine, row = self.engine, self.target(ref)
        with engine.db.write() as connection:
            target_rows.touch(connection, targets.c.id == row.id, now=engine.db.now(connection), lane="backfill")

    def wait_for_lists(self) -> None:
        """Let the time pass for which a new record may be missing from lists: until then its absence says nothing."""
        Event().wait(self.times.list_lag + 0.05)

    # What became of it

    def open(self) -> list[Any]:
        """Give the open targets, and links that nobody has verified."""
        with self.engine.db.read() as connection:
            found = list(connection.execute(sa.select(targets).where(targets.c.state.in_(_OPEN))))
            doubtful = sa.select(targets).join(links, links.c.target == targets.c.id).where(links.c.state == "unknown")
            return found + list(connection.execute(doubtful))

    def target(self, ref: str) -> Any:
        """Give the target of a record, or of a name by its anchor."""
        with self.engine.db.read() as connection:
            return connection.execute(sa.select(targets).where(targets.c.anchor == ref)).one()

    def state(self, ref: str) -> tuple[str, str | None]:
        """Give a target's state and why: its code or its rule."""
        row = self.target(ref)
        return row.state, row.code or row.rule

    def link(self, ref: str) -> Any:
        """Give the link of a target."""
        with self.engine.db.read() as connection:
            return target_rows.link_of(connection, self.target(ref).id)

    def counts(self, run: int) -> dict[str, Any]:
        """Count a run that is not ended."""
        with self.engine.db.read() as connection:
            return runs.count(connection, run)

    def journal(self, ref: str) -> list[tuple[str, str | None]]:
        """Give verb and outcome of each write to a target."""
        with self.engine.db.read() as connection:
            mine = sa.select(journal.c.verb, journal.c.outcome).where(journal.c.target == self.target(ref).id)
            return [(row.verb, row.outcome) for row in connection.execute(mine.order_by(journal.c.id))]

    # IT Glue, by its own records

    def records(self, resource: str, *, dead: bool = False) -> list[dict[str, Any]]:
        """Give what is there of a resource, with id and attributes in one."""
        found = self.itglue.get(f"/records/{resource}")
        return [
            {"id": str(one["id"]), "by": [each["by"] for each in one["history"]], **_attributes(one)}
            for one in found
            if str(one["id"]) not in self._before[resource] and (dead or one["now"] is not None)
        ]

    def record(self, resource: str, name: str) -> dict[str, Any]:
        """Give the one record of this name."""
        found = [one for one in self.records(resource) if one["name"] == name]
        assert len(found) == 1, found
        return found[0]

    def person(self, resource: str, **attributes: Any) -> str:
        """Make a record as a person did, long ago."""
        adapter = attributes.pop("adapter", None)
        named = {"created-at": "2025-01-01T00:00:00.000Z", **{k.replace("_", "-"): v for k, v in attributes.items()}}
        body = {"attributes": named, **({"adapter": adapter} if adapter else {})}
        return str(self.itglue.person("POST", resource, body)["id"])

    def edit(self, resource: str, number: str, **attributes: Any) -> None:
        """Change a record as a person does."""
        body = {"attributes": {k.replace("_", "-"): v for k, v in attributes.items()}}
        self.itglue.person("PATCH", f"{resource}/{number}", body)

    def delete(self, resource: str, number: str) -> None:
        """Delete a record as a person does."""
        self.itglue.control.delete(f"/records/{resource}/{number}").raise_for_status()

    def sent(self, *methods: str, path: str = "") -> list[dict[str, Any]]:
        """Give the requests so far of these methods whose path holds a text."""
        since = self.itglue.get("/requests")[self._asked :]
        return [one for one in since if one["method"] in methods and path in one["path"]]

    def writes(self) -> int:
        """Count the writes so far."""
        return len(self.sent("POST", "PATCH"))

    def fault(self, do: dict[str, Any], **when: Any) -> int:
        """Order a fault."""
        return self.itglue.fault(do, **when)

    def calm(self) -> None:
        """Lift every fault."""
        self.itglue.control.delete("/faults").raise_for_status()


def _client(settings: Settings, quota: Quota, times: Times) -> Any:
    from pydantic import SecretStr

    from bridge.itglue.client import ITGlue

    return ITGlue(settings.itglue.base_url, SecretStr(settings.itglue.key.read()), quota, deadline=times.deadline)


def _attributes(one: Mapping[str, Any]) -> dict[str, Any]:
    now = one["now"] or one["history"][-1]["before"] or {}
    return {name.replace("-", "_"): value for name, value in now.get("attributes", now).items() if name != "id"}
