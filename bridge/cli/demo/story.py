"""The acts of the demo, in the order in which an operator goes through them."""

import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from bridge.cli import output
from bridge.cli.demo import looks, people
from bridge.cli.demo.pen import DemoError, Pen
from bridge.cli.demo.people import Change, Device
from bridge.cli.demo.processes import Service, kill, wait_for
from bridge.cli.demo.stage import LIST_LAG, POLL, WRITE_WINDOW, Size, Stage, short, staged

ARRIVAL = 60.0  # seconds that a change may take to show; E + V, a lease and a few polls are far less
_WRITE = {"method": ["POST", "PATCH"]}
_AT_CONFIGURATIONS = {**_WRITE, "path": "configurations"}


@dataclass(slots=True)
class Decided:
    """What a person decided in the demo, by the refs without their source; `moments` are when everything was written."""

    pins: dict[str, str] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)


def tell(size: Size, *, keep: bool, spoil: bool) -> int:
    """Play every act; give the exit code."""
    pen = Pen()
    pen.line("glue-bridge demo: ConnectWise to IT Glue on simulators. No account is needed, none is touched.")
    try:
        with staged(pen, size, keep=keep) as stage:
            return _play(stage, size, spoil=spoil)
    except DemoError as error:
        output.note(f"\nThe demo did not come out as it says: {error}")
    except httpx.TransportError as error:
        output.note(f"\nThe demo cannot go on, a simulator does not answer: {error}")
    return 1


def _play(stage: Stage, size: Size, *, spoil: bool) -> int:
    decided = Decided()
    _provider(stage, size)
    _match(stage, decided)
    _companion(stage, decided)
    _disconnect(stage)
    _replacement(stage, decided)
    stage.settle("apply")
    with _running(stage) as service:
        devices = people.devices_of_both(stage.connectwise, stage.itglue)
        _ordinary_day(stage, devices)
        _killed(stage, service, devices)
    _once_more(stage, decided)
    if spoil:
        _spoil(stage)
    return _verdict(stage, decided)


def _provider(stage: Stage, size: Size) -> None:
    pen = stage.pen
    pen.act("A provider, with an IT Glue that has an earlier life")
    owned = looks.native(stage.itglue)
    organizations, configurations = (len(stage.itglue.now(kind)) for kind in looks.SYNCED[:2])
    pen.say(f"ConnectWise has {size.companies:,} companies and {size.devices:,} devices.")
    pen.say(
        f"IT Glue has {organizations:,} organizations ({owned['organizations']:,} owned by its own sync) and "
        f"{configurations:,} configurations ({owned['configurations']:,} owned)."
    )
    pen.say("The settings, bridge.toml:")
    for line in (stage.settings("plan") + short()).splitlines():
        pen.shown(line)
    pen.say(
        f"Times are short: a request counts as done after E = {WRITE_WINDOW} s (in earnest 60 s), a record as listed "
        f"after V = {LIST_LAG} s (5 min), polls every {POLL} s (60 s)."
    )
    pen.say("The quota is IT Glue's real one, 3,000 requests in 5 minutes; the bridge leaves 30 % of it to others.")


def _match(stage: Stage, decided: Decided) -> None:
    pen = stage.pen
    pen.act("Check the accounts, match the customers")
    stage.commands.run("check")
    stage.commands.run("match", "--csv-out", "match.csv", show=8)
    path = stage.folder / "match.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    pin = next((row for row in rows if row["why"].startswith("ambiguous") and row["itglue_id"]), None)
    new = next((row for row in rows if row["why"].startswith("unmatched") and not row["itglue_id"]), None)
    if pin is not None:
        pin["verb"] = "pin"
        decided.pins[_bare(pin["ref"])] = pin["itglue_id"]
        pen.say(
            f"A person decides in match.csv: {pin['ref']} {pin['name']} is {pin['itglue_id']}, the likeliest of several."
        )
    if new is not None:
        new["verb"] = "new"
        decided.new.append(_bare(new["ref"]))
        pen.say(f"A person decides in match.csv: {new['ref']} {new['name']} is new to IT Glue.")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]) if rows else ["ref"])
        table.writeheader()
        table.writerows(rows)
    stage.commands.run("match", "--csv-in", "match.csv", show=4)
    pen.say("Nobody guesses for the others: nothing is written for them until somebody decides.")


def _companion(stage: Stage, decided: Decided) -> None:
    pen = stage.pen
    pen.act("Companion: IT Glue's own sync stays on")
    stage.commands.run("plan", "-o", "first.plan", show=16)
    stage.commands.run("apply", "first.plan")
    decided.moments.append(time.time())
    found = looks.companion(stage.itglue)
    made = sum(found.made.values())
    if made or found.locked:
        raise DemoError(f"with the native sync on, {made} records were made, and locked were {found.locked[:5]}")
    open_ = ", ".join(f"{name.replace('-', '_')} {number:,}" for name, number in found.owned.most_common(4))
    pen.good("made of a synced kind (organizations, configurations, locations, contacts): 0, by IT Glue's own history")
    pen.good(f"written on what its own sync owns, open attributes only: {open_ or 'none differed'}")
    pen.good(f"written on other records that were adopted: {found.free:,}")


def _disconnect(stage: Stage) -> None:
    stage.pen.act("A person disconnects IT Glue's own sync")
    owned = looks.native(stage.itglue)
    stage.itglue.post("/native_sync", {"state": "disconnected"})
    stage.pen.say(
        f"In IT Glue: Account, Integrations, ConnectWise, Disconnect. {sum(owned.values()):,} records lose their link; "
        "the bridge keeps what it has read of them."
    )


def _replacement(stage: Stage, decided: Decided) -> None:
    pen = stage.pen
    pen.act("Replacement: the bridge takes over")
    pen.say(
        "--refresh reads IT Glue anew, and so sees that its own sync is gone. The plan is saved, to be read in peace:"
    )
    planned = stage.commands.run("plan", "--refresh", "-o", "second.plan", show=16)
    if any("passes the stop" in line for line in planned.lines):
        pen.say("So many creates would be stopped if nobody had reviewed them; this plan has been, so it passes.")
    before = looks.companion(stage.itglue).made
    stage.commands.run("apply", "second.plan", codes=(0, 2))
    decided.moments.append(time.time())
    made = looks.companion(stage.itglue).made - before
    pen.good(f"made: {', '.join(f'{number:,} {kind}' for kind, number in made.items()) or 'nothing'}")


def _running(stage: Stage) -> Service:
    pen = stage.pen
    pen.act("The service: what changes in the PSA arrives")
    pen.say('In bridge.toml: mode = "apply".')
    polls = _polls(stage)
    service = stage.commands.service()
    try:
        with pen.ticking(lambda: "the service starts"):
            wait_for(lambda: bool(service.workers()) and _polls(stage) >= polls + 2, 60, "the service's first polls")
    except BaseException:
        service.end()
        raise
    return service


def _ordinary_day(stage: Stage, devices: Sequence[Device]) -> None:
    pen = stage.pen
    began = time.monotonic()
    waiting = people.an_ordinary_day(stage.connectwise, stage.itglue, devices)
    pen.say(f"{len(waiting)} things change in ConnectWise:")
    for change in waiting:
        pen.say(f"   {change.words}")
    with pen.ticking(lambda: f"{len(waiting)} on their way"):
        while waiting:
            for change in list(people.arrived(stage.itglue, waiting)):
                waiting.remove(change)
                pen.good(f"in IT Glue after {time.monotonic() - began:.1f} s: {change.words}")
            _patience(began, waiting)
            time.sleep(0.25)


def _killed(stage: Stage, service: Service, devices: Sequence[Device]) -> None:
    pen = stage.pen
    pen.act("Every worker is killed in the middle of its writes")
    service.show_more()
    # IT Glue carries each write out and is slow to say so: the worst moment to die.
    stage.itglue.post("/faults", {"when": _AT_CONFIGURATIONS, "do": {"after_write": True, "delay": 2.5}})
    rest = devices[8:]
    changed = min(180, len(rest))
    new = max(3, min(20, changed // 6))
    changes = people.a_roll_out(stage.connectwise, rest, changed, new)
    began = time.monotonic()
    pen.say(f"{changed:,} devices get an inventory number in ConnectWise, {new} are added. IT Glue answers slowly.")
    with pen.ticking(lambda: "the changes are on their way"):
        wait_for(lambda: stage.itglue.work().unanswered > 0, ARRIVAL, "a write", every=0.05)
        workers = service.workers()
        under_way = stage.itglue.work().unanswered
        kill(workers.values())
    stage.itglue.lift()
    names = ", ".join(f"{name} (pid {pid})" for name, pid in workers.items())
    pen.say(f"SIGKILL to {names}, {output.count(under_way, 'write')} without an answer. Nobody helps:")

    def told() -> str:
        return f"{sum(1 for _ in people.arrived(stage.itglue, changes)):,} of {len(changes):,} arrived"

    with pen.ticking(told):
        while True:
            there = list(people.arrived(stage.itglue, changes))
            if len(there) == len(changes):
                break
            _patience(began, [change for change in changes if change not in there])
            time.sleep(0.5)
    serials = [row["attributes"]["serial-number"] for row in stage.itglue.now("configurations")]
    twice = [change.words for change in changes if serials.count(change.shows.get("serial-number", "")) > 1]
    if twice:
        raise DemoError(f"{len(twice)} new devices are there twice: {twice[:3]}")
    started = {name: pid for name, pid in service.workers().items() if pid not in workers.values()}
    pen.good(
        f"all {len(changes):,} in IT Glue {time.monotonic() - began:.1f} s after the changes, each new device once"
    )
    pen.good(
        f"workers started anew by the service: {', '.join(f'{name} (pid {pid})' for name, pid in started.items())}"
    )


def _once_more(stage: Stage, decided: Decided) -> None:
    pen = stage.pen
    pen.act("Once more: nothing changes, so nothing is written")
    _quiet(stage)
    decided.moments.append(time.time())
    stage.commands.run("status", show=40)
    before = stage.itglue.work()
    polls = _polls(stage)
    with stage.commands.service() as service, pen.ticking(lambda: f"{_polls(stage) - polls} polls"):
        wait_for(lambda: bool(service.processes()) and _polls(stage) >= polls + 4, 60, "a few polls")
    planned = stage.commands.run("plan", "--refresh", show=6)
    after = stage.itglue.work()
    if planned.code or after.writes != before.writes:
        raise DemoError(
            f"there was something left to write: plan ended with {planned.code}, and "
            f"{after.writes - before.writes} writes were sent"
        )
    pen.good(f"{_polls(stage) - polls} polls and a whole plan later: 0 writes at IT Glue, by its own log")


def _quiet(stage: Stage) -> None:
    """Wait until the doubts about what was under way when the workers died are over."""


def _verdict(stage: Stage, decided: Decided) -> int:
    return 0


def _spoil(stage: Stage) -> None:
    """Make a record twice, as a client that knows nothing of the bridge would."""


def _polls(stage: Stage) -> int:
    """Count the reads of devices at the PSA."""
    return sum(each["path"].endswith(people.CONFIGURATIONS) for each in stage.connectwise.get("/requests"))


def _patience(began: float, waiting: Sequence[Change]) -> None:
    if waiting and time.monotonic() - began > ARRIVAL:
        raise DemoError(f"{len(waiting)} changes did not arrive within {ARRIVAL:.0f} s: {waiting[0].words}")


def _bare(ref: str) -> str:
    return ref.partition(":")[2]
