"""Sending what was intended, and what each kind of answer means."""

from collections.abc import Callable, Mapping, Sequence

from bridge import steps
from bridge.drain import outcome
from bridge.drain.intend import Intent, LostClaimError, check, intend, void
from bridge.drain.items import Item
from bridge.engine import Engine
from bridge.errors import AuthError, RateLimitError, RejectedError, SideDownError, UnknownOutcomeError
from bridge.itglue.classify import BulkRefusedError, SyncedError
from bridge.itglue.client import Answer, Parent, Turn
from bridge.itglue.kinds import kind_of
from bridge.itglue.pairing import Sent, pair
from bridge.jsonapi import Row, TooLargeError
from bridge.matching.keys import marker_in
from bridge.quota import Lane
from bridge.records import Ref
from bridge.refresh import reread
from bridge.store import targets as target_rows

Claim = Mapping[int, int]
"""What a worker has claimed, as {target: fence}: its leases are renewed before each request."""


def marker_of(row: Row) -> Ref | None:
    """Read our marker from a row."""
    return marker_in(row.attributes)


def sent_of(item: Item) -> Sent:
    """Give an item as pairing compares it."""
    sent = item.sent
    return Sent(marker_in(sent), sent, kind_of(item.kind).identity)


def smaller(rows: int) -> int:
    """Give how many rows a request may have after one of this size was refused or lost."""
    return next((size for size in (50, 10) if rows > size), 1)


def create(engine: Engine, items: Sequence[Item], claim: Claim, *, lane: Lane, parent: Parent | None) -> bool:
    """Make records in one request; tell whether the answer was clean."""

    def post(turn: Turn, intent: Intent) -> Answer:
        return engine.itglue.create(
            turn,
            items[0].kind,
            [item.sent for item in intent.items],
            parent=parent if len(intent.items) > 1 or items[0].kind != "organizations" else None,
            before_first_byte=lambda: _last_check(engine, intent),
        )

    return _exchange(engine, items, claim, lane, post, _created)


def update(engine: Engine, items: Sequence[Item], claim: Claim, *, lane: Lane) -> bool:
    """Change records in one request; tell whether the answer was clean."""

    def patch(turn: Turn, intent: Intent) -> Answer:
        return engine.itglue.update(
            turn,
            items[0].kind,
            [(item.itglue_id or "", item.sent) for item in intent.items],
            before_first_byte=lambda: _last_check(engine, intent),
        )

    return _exchange(engine, items, claim, lane, patch, _updated)


def _last_check(engine: Engine, intent: Intent) -> None:
    steps.reached("before send")
    check(engine, intent)
    steps.reached("after check")


def _exchange(
    engine: Engine,
    items: Sequence[Item],
    claim: Claim,
    lane: Lane,
    call: Callable[[Turn, Intent], Answer],
    enter: Callable[[Engine, Intent, Answer], bool],
) -> bool:
    """Do one write: quota, intent, request, and the answer into the store. Errors of a whole side go on to the caller."""
    with engine.itglue.turn(lane, engine.patience) as turn:
        steps.reached("before intend")
        intent = intend(engine, items, claim)
        outcome.hold_stopped(engine, intent.stopped)
        outcome.give_back_lost(engine, intent.lost)
        if not intent.items:
            return True
        steps.reached("after intend")
        try:
            answer = call(turn, intent)
        except LostClaimError:
            _take_back(engine, intent)
            return False
        except (RateLimitError, AuthError):
            _take_back(engine, intent)
            raise
        except TooLargeError as error:
            return _too_large(engine, intent, error)
        except RejectedError as error:
            return _rejected(engine, intent, error, lane)
        except SideDownError as error:
            if error.sent:
                outcome.unknown(engine, intent, str(error), bulk=smaller(len(intent.items)))
            else:
                _take_back(engine, intent)
            raise
        except BulkRefusedError as error:
            _bulk_refused(engine, intent, error)
            return False
        except UnknownOutcomeError as error:
            outcome.unknown(engine, intent, str(error), bulk=smaller(len(intent.items)))
            unanswered = True
        else:
            unanswered = False
    if unanswered:
        _probe(engine, lane)
        return False
    steps.reached("after send")
    clean = enter(engine, intent, answer)
    steps.reached("after answer")
    return clean


def _probe(engine: Engine, lane: Lane) -> None:
    """Read something small after a lost answer: where that fails too the whole side is down, and is left alone."""
    engine.itglue.page("organization_types", lane=lane, size=1, max_wait=engine.patience)


def _take_back(engine: Engine, intent: Intent) -> None:
    void(engine, intent, due_at=engine.db.now())


def _too_large(engine: Engine, intent: Intent, error: TooLargeError) -> bool:
    if len(intent.items) == 1:
        outcome.refused(engine, intent, intent.items[0], "rejected", str(error))
    else:
        void(engine, intent, due_at=engine.db.now(), bulk=smaller(len(intent.items)))
    return False


def _rejected(engine: Engine, intent: Intent, error: RejectedError, lane: Lane) -> bool:
    """Deal with a refusal of a single row."""
    item = intent.items[0]
    if not isinstance(error, SyncedError) and _lost_a_reference(engine, item, lane):
        void(engine, intent, due_at=engine.db.now())
        return False
    if item.itglue_id is not None and (isinstance(error, SyncedError) or error.status in {401, 404}):
        # The index is behind: the record is gone, or belongs to the native sync. Look, and plan again.
        void(engine, intent, due_at=engine.db.now())
        reread(engine, item.kind, [item.itglue_id], lane=lane)
        if isinstance(error, SyncedError):
            with engine.db.write() as connection:
                engine.index.mark_synced(connection, item.kind, item.itglue_id)
        return False
    taken = error.status == 422 and any((name or "").endswith("name") for name, _ in error.pointers)
    if taken and (item.verb == "create_name" or (item.verb == "create" and item.kind == "organizations")):
        # A name that is refused exists: it came after our last look. List again, and adopt it.
        void(engine, intent, due_at=engine.db.now())
        with engine.db.write() as connection:
            target_rows.lock_ends(connection, [item.target])
            engine.index.forget(connection, item.kind)
            if item.row.attempts >= 2:
                reason = f"IT Glue says that it exists, and does not list it: {error}"
                target_rows.hold(connection, item.target, "rejected", reason, now=engine.db.now(connection))
            else:
                target_rows.count_attempt(connection, item.target)
        return False
    outcome.refused(engine, intent, item, "rejected", str(error))
    return False


def _lost_a_reference(engine: Engine, item: Item, lane: Lane) -> bool:
    """Look whether what a refused record refers to is still there; tell whether any is not, and let the index know."""
    lost = False
    for attribute, kind in (("location_id", "locations"), ("contact_id", "contacts")):
        itglue_id = item.body.get(attribute)
        if itglue_id is None:
            continue
        reread(engine, kind, [str(itglue_id)], lane=lane)
        with engine.db.write() as connection:
            if not engine.index.get(connection, kind, [str(itglue_id)]):
                lost = True
                target_rows.lock_all(connection)
                now = engine.db.now(connection)
                engine.index.raise_concerned(connection, kind, [str(itglue_id)], now=now, new=False)
    return lost


def _bulk_refused(engine: Engine, intent: Intent, error: BulkRefusedError) -> None:
    """Several rows were refused in one. Creates wait until it is sure what was stored; updates go again, fewer at once."""
    creating = intent.items[0].itglue_id is None
    due_at = None if creating else engine.db.now()
    outcome.unknown(engine, intent, str(error), bulk=smaller(len(intent.items)), due_at=due_at)


def _created(engine: Engine, intent: Intent, answer: Answer) -> bool:
    pairing = pair([sent_of(item) for item in intent.items], answer.rows, marker_of)
    outcome.created(engine, intent, [(intent.items[i], row) for i, row in pairing.rows.items()])
    if not pairing.missing:
        return True
    rest = Intent(intent.batch, intent.posted_at, intent.begun, [intent.items[i] for i in pairing.missing])
    outcome.unknown(engine, rest, "the answer did not show every record that was sent", bulk=smaller(len(intent.items)))
    return False


def _updated(engine: Engine, intent: Intent, answer: Answer) -> bool:
    rows = {row.id: row for row in answer.rows}
    pairs = [(item, rows[item.itglue_id]) for item in intent.items if item.itglue_id in rows]
    outcome.updated(engine, intent, pairs)
    rest = [item for item in intent.items if item.itglue_id not in rows]
    if rest:
        left = Intent(intent.batch, intent.posted_at, intent.begun, rest)
        outcome.unknown(engine, left, "the answer did not show every record that was sent", bulk=1)
    return not rest
