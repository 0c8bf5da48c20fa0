"""The drain of a lane: claim what is due, decide, write, settle, until nothing is due."""

import threading
import time
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from bridge.drain import make_names, names, records, resolve
from bridge.drain.creates import Pace
from bridge.drain.work import Row
from bridge.engine import Engine, log
from bridge.errors import AuthError, BridgeError, IncompleteReadError, RateLimitError, SideDownError
from bridge.quota import Lane, QuotaUnavailableError
from bridge.store import hand_pauses, pauses
from bridge.store import targets as target_rows
from bridge.store.schema import targets

CLAIM = {"live": 50, "backfill": 200}
MOST_STARTS = 5
BUG_ATTEMPTS = 3
INCOMPLETE = 4  # a list that could not be proven complete is left alone as long as after so many failures


class Drain:
    """Drains lanes for one process; safe to use from several threads.

    `run` keeps it to the open targets of one run, `block` to those of one block. `stop` ends it between two claims.
    """

    def __init__(
        self, engine: Engine, *, run: int | None = None, block: str | None = None, stop: threading.Event | None = None
    ) -> None:
        self.engine = engine
        self.run = run
        self.block = block
        self.stop = stop or threading.Event()
        self.incomplete: tuple[float, IncompleteReadError] | None = None  # since when no claim came through for that
        engine.stopping = self.stop.is_set
        self._pace = Pace()

    def __call__(self, lane: Lane) -> int:
        """Drain a lane; give how many claims were worked on."""
        claims = 0
        while not self.stop.is_set():
            self.engine.beat()
            rows = self._claim(lane)
            if not rows:
                return claims
            claims += 1
            self.engine.doorbell.ring(lane)  # another thread may take what is left
            if not self._work(rows, lane):
                return claims
        return claims

    def _claim(self, lane: Lane) -> list[Row]:
        engine = self.engine
        with engine.db.read() as connection:
            now = engine.db.now(connection)
            if pauses.active(connection, pauses.ITGLUE, now=now):
                return []
            paused = pauses.known(connection, pauses.ITGLUE)
            by_hand = hand_pauses.concerned(connection, now=now)
        if paused and not self._probe(lane):
            return []
        # With mode = "plan" nothing is written, but what is being created is still resolved.
        allowed = self.run is not None or engine.writes_allowed()
        states = ("pending", "creating", "gone") if allowed else ("creating",)
        rows = target_rows.claim(
            engine.db, lane=lane, owner=engine.owner, now=now, lease=engine.times.lease, limit=CLAIM[lane],
            states=states, run=self.run, block=self.block, paused=by_hand,
        )  # fmt: skip
        if paused and not rows:
            self._recovered()
        return rows

    def _probe(self, lane: Lane) -> bool:
        """Read something small once a pause is over; where that fails too it goes on, longer."""
        try:
            self.engine.itglue.page("organization_types", lane=lane, size=1, max_wait=self.engine.patience)
        except RateLimitError:
            return False
        except (AuthError, SideDownError) as error:
            self._pause({}, error)
            return False
        return True

    def _work(self, rows: Sequence[Row], lane: Lane) -> bool:
        """Work on one claim; False where the whole side has to be left alone for now."""
        engine = self.engine
        held = {row.id: row.fence for row in rows}
        try:
            self._poisoned(rows)
            creating = [row for row in rows if row.state == "creating"]
            if creating:
                resolve.resolve(engine, creating, lane=lane)
            rest = [row for row in rows if row.state != "creating" and row.starts < MOST_STARTS]
            if rest:
                # Blocks of flexible assets share a wave.
                for block, members in groupby(sorted(rest, key=lambda row: str(row.block)), lambda row: row.block):
                    if block == names.BLOCK:
                        make_names.make(engine, list(members), lane=lane)
                    elif block not in engine.mapping:
                        self._let_go(list(members))
                    else:
                        records.drain(engine, list(members), lane=lane, run=self.run, pace=self._pace)
        except RateLimitError as error:
            self._later(held, error.retry_after or engine.times.backoff_min)
            return False
        except (AuthError, SideDownError) as error:
            self._pause(held, error)
            return False
        except IncompleteReadError as error:  # of a list that changes while it is read: no fault of any target
            log.warning("read.incomplete", targets=len(held), reason=str(error))
            self.incomplete = self.incomplete or (time.monotonic(), error)
            self._later(held, engine.times.backoff(INCOMPLETE), last_error=str(error))
        except BridgeError as error:
            self._failed(held, error)
        except sa.exc.OperationalError as error:
            log.warning("store.failed", reason=str(error.orig))
            self._later(held, engine.times.backoff_min)
        except sa.exc.IntegrityError as error:
            # Another worker has just linked to the same record.
            self._failed(held, error)
        except Exception as error:
            log.exception("drain.bug", targets=len(held))
            self._bug(rows, error)
        else:
            self._recovered()
            self._finish(held)
            self.incomplete = None
        return True

    def _poisoned(self, rows: Sequence[Row]) -> None:
        """Hold what has killed its worker again and again."""
        for row in rows:
            if row.starts >= MOST_STARTS and row.state != "creating":
                reason = f"{row.starts} workers died while they worked on it: see the log, then held retry"
                log.error("target.poisoned", target=row.anchor)
                self._hold(row.id, "kills_worker", reason)

    def _let_go(self, rows: Sequence[Row]) -> None:
        """Leave alone what belongs to a block that was retired, or is now called otherwise."""

        def end(connection: sa.Connection) -> None:
            target_rows.lock_ends(connection, [row.id for row in rows])
            now = self.engine.db.now(connection)
            for row in rows:
                target_rows.settle(
                    connection, row, "excluded", now=now, outcome="excluded", rule="its block is not in the mapping"
                )

        self.engine.db.transact(end)

    def _finish(self, held: dict[int, int]) -> None:
        """Give back whatever of a claim came to no verdict."""
        self._later(held, 0.0)

    def _later(self, held: dict[int, int], seconds: float, **values: Any) -> None:
        def give_back(connection: sa.Connection) -> None:
            mine = self._unfinished(connection, held)
            if mine:
                target_rows.give_back(connection, mine, due_at=self.engine.db.now(connection) + seconds, **values)

        self.engine.db.transact(give_back)

    def _hold(self, target: int, code: str, reason: str) -> None:
        def hold(connection: sa.Connection) -> None:
            target_rows.lock_ends(connection, [target])
            target_rows.hold(connection, target, code, reason, now=self.engine.db.now(connection))

        self.engine.db.transact(hold)

    def _unfinished(self, connection: sa.Connection, held: dict[int, int]) -> dict[int, int]:
        rows = connection.execute(
            sa.select(targets.c.id, targets.c.fence).where(
                targets.c.id.in_(list(held)), targets.c.owner == self.engine.owner
            )
        )
        return {row.id: row.fence for row in rows if row.fence == held[row.id]}

    def _pause(self, held: dict[int, int], error: BridgeError) -> None:
        """Leave the whole side alone; nobody's attempts are spent."""
        times = self.engine.times
        seconds = times.backoff_min
        if not isinstance(error, QuotaUnavailableError):
            if isinstance(error, AuthError) and self.engine.renew_credentials(pauses.ITGLUE):
                log.info("credentials.renewed", side=pauses.ITGLUE)
            else:
                code = "auth" if isinstance(error, AuthError) else "down"
                fresh, seconds = pauses.pause(
                    self.engine.db, pauses.ITGLUE, code, str(error),
                    minimum=times.backoff_min, maximum=min(times.backoff_max, 300.0),
                )  # fmt: skip
                if self.engine.says_lost(pauses.ITGLUE, fresh=fresh):
                    log.error("itglue.lost", code=code, reason=str(error))
        self._later(held, seconds)

    def _recovered(self) -> None:
        since = pauses.lift(self.engine.db, pauses.ITGLUE)
        self.engine.lost.discard(pauses.ITGLUE)
        if since is not None:
            log.info("itglue.recovered", seconds=round(self.engine.db.now() - since))

    def _failed(self, held: dict[int, int], error: Exception) -> None:
        times = self.engine.times

        def again(connection: sa.Connection) -> None:
            mine = self._unfinished(connection, held)
            target_rows.retry_later(
                connection, mine, str(error), now=self.engine.db.now(connection), attempts=times.attempts,
                backoff=times.backoff,
            )  # fmt: skip

        self.engine.db.transact(again)
        log.warning("drain.failed", targets=len(held), reason=str(error))

    def _bug(self, rows: Sequence[Row], error: Exception) -> None:
        """Retry what met a fault of ours a little, alone, then hold it."""

        def end(connection: sa.Connection) -> None:
            target_rows.lock_ends(connection, [row.id for row in rows])
            now = self.engine.db.now(connection)
            mine = self._unfinished(connection, {row.id: row.fence for row in rows})
            left = [row for row in rows if row.id in mine]
            if len(left) == 1 and left[0].attempts + 1 >= BUG_ATTEMPTS and left[0].state != "creating":
                reason = f"a fault of the bridge: {type(error).__name__}: {error}"
                target_rows.hold(connection, left[0].id, "bug", reason[:500], now=now)
                return
            for target in mine:
                target_rows.count_attempt(connection, target)
            due_at = now + self.engine.times.backoff_min
            target_rows.give_back(connection, mine, due_at=due_at, started=True)

        self.engine.db.transact(end)
