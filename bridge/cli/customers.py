"""Which organization of IT Glue each customer is: a survey of all of them, as a plan would decide."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa

from bridge.cli import shapes
from bridge.desired import Excluded, Held
from bridge.drain.evaluate import evaluate
from bridge.drain.verdicts import Gone, Moment, Ready, Verdict
from bridge.drain.work import Work, all_targets, load
from bridge.matching.near import NearNames
from bridge.planning import Adopt, Create, Hold
from bridge.records import Ref
from bridge.store.inspect import ORGANIZATIONS
from bridge.store.schema import assets, links

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from bridge.engine import Engine

# A person decides these in `match`; whatever else is held needs the PSA, the mapping or IT Glue to change.
OPEN = frozenset({"unmatched", "ambiguous", "shared_organization", "target_gone"})
LINKED = "linked"
KEYS = {
    LINKED: "linked already", "pin": "pinned", "marker": "marker", "psa_id": "PSA id", "name": "exact name",
    "short_name": "short name",
}  # fmt: skip
MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organization of IT Glue that a customer may be; `why` says why a near name is offered, None for a full match."""

    itglue_id: str
    name: str
    devices: int
    why: str | None = None


@dataclass(slots=True)
class Customer:
    """A company of the PSA and what becomes of it: `word` is excluded, gone, matched, create, held or open."""

    target: int
    ref: Ref
    name: str
    word: str
    by: str = ""
    reason: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    decided: tuple[str, str | None, str | None] | None = None
    """The verb that stands, its IT Glue id, why."""


@dataclass(slots=True)
class Survey:
    """Every customer, and the counts of each fate."""

    customers: list[Customer]

    def of(self, word: str) -> list[Customer]:
        """Give the customers of one fate."""
        return [each for each in self.customers if each.word == word]

    def counts(self, word: str) -> dict[str, int]:
        """Count the customers of one fate by what decided it, the most frequent first."""
        return dict(Counter(each.by for each in self.of(word)).most_common())

    @property
    def open(self) -> list[Customer]:
        """Give the customers that need a person."""
        return self.of("open")


def survey(engine: "Engine") -> Survey:
    """Judge every customer as a plan for everyone would."""
    with engine.db.read() as connection:
        rows = [row for page in all_targets(connection, ORGANIZATIONS) for row in page]
        works = load(connection, rows)
        moment = Moment.of(engine, connection)
        moment.everyone = True
        verdicts = evaluate(engine, connection, works, moment)
        customers = [_customer(work, verdict) for work, verdict in zip(works, verdicts, strict=True)]
        _add_candidates(engine, connection, works, verdicts, customers)
    return Survey(customers)


def _customer(work: Work, verdict: Verdict) -> Customer:
    customer = Customer(work.id, work.ref, str(work.words.get("name") or ""), "matched", LINKED, decided=_decided(work))
    if isinstance(verdict, Excluded):
        customer.word, customer.by = "excluded", verdict.rule.split(":")[0] if verdict.rule.startswith("decision") else verdict.rule  # fmt: skip
    elif isinstance(verdict, Held):
        customer.word, customer.by, customer.reason = "held", verdict.code, verdict.reason
    elif isinstance(verdict, Gone):
        customer.word, customer.by = "gone", "gone"
    elif isinstance(verdict, Ready):
        plan = verdict.plan
        if isinstance(plan, Hold):
            customer.word = "open" if plan.code in OPEN else "held"
            customer.by, customer.reason = plan.code, plan.reason
        elif isinstance(plan, Adopt):
            customer.by = plan.by
        elif isinstance(plan, Create):
            customer.word, customer.by = "create", "create"
    return customer


def _decided(work: Work) -> tuple[str, str | None, str | None] | None:
    decided = work.decided
    if decided.pin is not None:
        return "pin", decided.pin, None
    if decided.exclude is not None:
        return "exclude", None, decided.exclude or None
    return ("new", None, None) if decided.new else None


def _add_candidates(
    engine: "Engine", connection: "Connection", works: Sequence[Work], verdicts: Sequence[Verdict],
    customers: Sequence[Customer],
) -> None:  # fmt: skip
    names = _organizations(connection)
    taken = _taken(connection, verdicts)
    near: NearNames | None = None
    found: dict[int, list[tuple[str, str | None]]] = {}
    for work, verdict, customer in zip(works, verdicts, customers, strict=True):
        if customer.word != "open" or not isinstance(verdict, Ready) or not isinstance(verdict.plan, Hold):
            continue
        held: list[tuple[str, str | None]] = [(itglue_id, None) for itglue_id in verdict.plan.candidates]
        if not held:
            near = near or NearNames(names.items())
            domains = [str(work.words["website"])] if work.words.get("website") else []
            offered = near.find(customer.name, domains, most=MOST_CANDIDATES + len(taken))
            held = [(itglue_id, why) for itglue_id, _, why in offered if itglue_id not in taken]
        found[customer.target] = [each for each in held if each[0] not in work.decided.bans][:MOST_CANDIDATES]
    devices = _devices(connection, {itglue_id for pairs in found.values() for itglue_id, _ in pairs})
    for customer in customers:
        customer.candidates = [
            Candidate(itglue_id, names.get(itglue_id, ""), devices.get(itglue_id, 0), why)
            for itglue_id, why in found.get(customer.target, ())
        ]


def _organizations(connection: "Connection") -> dict[str, str]:
    rows = connection.execute(sa.select(assets.c.itglue_id, assets.c.attributes).where(assets.c.kind == ORGANIZATIONS))
    return {row.itglue_id: str(orjson.loads(row.attributes).get("name") or "") for row in rows}


def _taken(connection: "Connection", verdicts: Iterable[Verdict]) -> set[str]:
    """Give the organizations that are somebody's, by a link or by this survey: no suggestions for others."""
    linked = sa.select(links.c.itglue_id).where(links.c.itglue_type == ORGANIZATIONS)
    plans = [verdict.plan for verdict in verdicts if isinstance(verdict, Ready)]
    return {*connection.execute(linked).scalars(), *(plan.itglue_id for plan in plans if isinstance(plan, Adopt))}


def _devices(connection: "Connection", ids: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    listed = sorted(ids)
    for start in range(0, len(listed), 500):
        rows = connection.execute(
            sa.select(assets.c.org_id, sa.func.count())
            .where(assets.c.kind == "configurations", assets.c.org_id.in_(listed[start : start + 500]))
            .group_by(assets.c.org_id)
        )
        found.update({org_id: int(number) for org_id, number in rows})
    return found


def as_json(found: Survey, stored: int, problems: Sequence[shapes.Finding]) -> shapes.Match:
    """Give a survey for scripts, with how many choices were stored before it, and what stands in its way."""
    return {
        "companies": len(found.customers),
        "excluded": found.counts("excluded"),
        "matched": found.counts("matched"),
        "create": len(found.of("create")),
        "held": found.counts("held"),
        "gone": len(found.of("gone")),
        "need_you": [
            {
                "ref": str(each.ref), "name": each.name, "code": each.by, "reason": each.reason,
                "candidates": [{"itglue_id": one.itglue_id, "name": one.name, "devices": one.devices, "why": one.why}
                               for one in each.candidates],
            }
            for each in found.open
        ],
        "stored": stored,
        "problems": problems,
    }  # fmt: skip
