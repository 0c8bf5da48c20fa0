"""The acts of the demo, in the order in which an operator goes through them."""

import csv
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence

import httpx

from bridge.cli import output
from bridge.cli.demo import looks, people, suggestions, verdict
from bridge.cli.demo.pen import DemoError, Pen
from bridge.cli.demo.people import Change, Device
from bridge.cli.demo.processes import Service, kill, wait_for
from bridge.cli.demo.stage import BLOCKS, LIST_LAG, POLL, WRITE_WINDOW, Size, Stage, short, staged
from bridge.cli.demo.verdict import Evidence

SLOW = 2.0  # seconds that IT Glue takes to answer before the kill; less than the deadline
AT_ONCE = 40  # places of IT Glue looked at in one go: the simulator has better things to do
ARRIVAL = 60.0  # seconds that a change may take to show; E + V, a lease and a few polls are far less
_WRITES = {"method": ["POST", "PATCH"], "path": "configurations"}


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
    evidence = Evidence()
    _provider(stage, size)
    _match(stage, evidence)
    _companion(stage, evidence)
    _disconnect(stage)
    _replacement(stage, evidence)
    _tickets(stage, evidence)
    stage.settle("apply", *BLOCKS)
    with _running(stage) as service:
        devices = people.devices_of_both(stage.connectwise, stage.itglue)
        _ordinary_day(stage, devices)
        _killed(stage, service, devices)
    _once_more(stage, evidence)
    code = _verdict(stage, evidence)
    if spoil and code == 0:
        _spoil(stage)
        return _judged(stage, evidence)
    if code == 0:
        pen = stage.pen
        pen.line()
        pen.line("The same on accounts of yours, beginning with one customer in [rollout]:")
        for line in ("init", "check", "match", "plan -o first.plan", "apply first.plan", "run"):
            pen.typed(f"glue-bridge {line}")
    return code


def _provider(stage: Stage, size: Size) -> None:
    pen = stage.pen
    pen.act("A provider, with an IT Glue that has an earlier life")
    (organizations, owned), (configurations, owned_configurations) = looks.native(stage.itglue).values()
    pen.say(f"ConnectWise has {size.companies:,} companies and {size.devices:,} devices.")
    pen.say(
        f"IT Glue has {organizations:,} organizations ({owned:,} owned by its own sync) and "
        f"{configurations:,} configurations ({owned_configurations:,} owned)."
    )
    pen.say("The settings, bridge.toml:")
    for line in (stage.settings("plan") + short()).splitlines():
        pen.shown(line)
    pen.say(
        f"Times are short: a request counts as done after E = {WRITE_WINDOW} s (in earnest 60 s), a record as listed "
        f"after V = {LIST_LAG} s (5 min), polls every {POLL} s (60 s)."
    )
    pen.say("The quota is IT Glue's real one, 3,000 requests in 5 minutes; the bridge leaves 30 % of it to others.")


def _match(stage: Stage, evidence: Evidence) -> None:
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
        evidence.pins[_bare(pin["ref"])] = pin["itglue_id"]
        pen.say(
            f"A person decides in match.csv: {pin['ref']} {pin['name']} is {pin['itglue_id']}, the likeliest of several."
        )
    if new is not None:
        new["verb"] = "new"
        evidence.new.add(_bare(new["ref"]))
        pen.say(f"A person decides in match.csv: {new['ref']} {new['name']} is new to IT Glue.")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]) if rows else ["ref"])
        table.writeheader()
        table.writerows(rows)
    stage.commands.run("match", "--csv-in", "match.csv", show=4)
    pen.say("Nobody guesses for the others: nothing is written for them until somebody decides.")


def _companion(stage: Stage, evidence: Evidence) -> None:
    pen = stage.pen
    pen.act("Companion: IT Glue's own sync stays on")
    stage.commands.run("plan", "-o", "first.plan", show=16)
    stage.commands.run("apply", "first.plan")
    evidence.moments.append(time.time())
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
    owned = sum(owned for _, owned in looks.native(stage.itglue).values())
    stage.itglue.post("/native_sync", {"state": "disconnected"})
    stage.pen.say(
        f"In IT Glue: Account, Integrations, ConnectWise, Disconnect. {owned:,} records lose their link; "
        "the bridge keeps what it has read of them."
    )


def _replacement(stage: Stage, evidence: Evidence) -> None:
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
    evidence.moments.append(time.time())
    made = looks.companion(stage.itglue).made - before
    pen.good(
        f"made: {', '.join(f'{output.count(number, kind[:-1])}' for kind, number in made.items() if number) or 'nothing'}"
    )


def _tickets(stage: Stage, evidence: Evidence) -> None:
    pen = stage.pen
    pen.act("Tickets: flexible assets, which IT Glue's own sync does not make")
    stage.settle("plan", *BLOCKS)
    pen.say(f"The two ready blocks are appended to bridge.toml: {', '.join(f'examples/{name}' for name in BLOCKS)},")
    pen.say("and rules for the documentation that a ticket is tagged with:")
    for line in suggestions.SETTINGS.strip().splitlines():
        pen.shown(line)
    stage.commands.run("plan", "-o", "third.plan", show=10)
    stage.commands.run("apply", "third.plan")
    evidence.moments.append(time.time())
    summary, ticket = looks.assets(stage.itglue)
    pen.good(f'"{summary.name}" of {summary.organization}: {summary.traits["count"]:g} in its table')
    tagged = ", ".join(each["name"] for each in ticket.traits["devices"]["values"])
    pen.good(f'"{ticket.name}" of {ticket.organization} is tagged with {tagged}')
    _suggestion(stage)


def _suggestion(stage: Stage) -> None:
    """Show what is suggested for the ticket that shows most."""
    pen = stage.pen
    ticket = looks.suggested(stage.itglue)
    names = ", ".join(f'"{name}"' for name in ticket.tags)
    pen.good(f'"{ticket.asset.name}" of {ticket.asset.organization} is tagged with {names}')
    said = stage.commands.run("suggest", ticket.ref, show=16).lines
    for name in ticket.tags:
        if not any(name in line and " by " in line for line in said):
            raise DemoError(f"suggest does not name {name}, and the asset is tagged with it")
    for name in ticket.hidden:
        if any(name in line for line in said):
            raise DemoError(f"suggest names {name}, which is restricted or archived")
    if ticket.hidden:
        named = ", ".join(f'"{name}"' for name in ticket.hidden)
        pen.good(f"never shown, though IT Glue has them for this customer: {named} (restricted, or archived)")


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
    rest = devices[people.ORDINARY :]
    changed = min(180, len(rest))
    new = max(3, min(20, changed // 6))
    # IT Glue carries each write out and is slow to say so: the worst moment to die.
    stage.itglue.post("/faults", {"when": _WRITES, "do": {"after_write": True, "delay": SLOW}})
    began = time.monotonic()
    changes = people.a_roll_out(stage.connectwise, rest, changed, new)
    pen.say(f"{changed:,} devices get an inventory number in ConnectWise, {new} are added. IT Glue answers slowly.")
    with pen.ticking(lambda: "the changes are on their way"):
        wait_for(lambda: stage.itglue.work().unanswered_creates > 0, ARRIVAL, "a create", every=0.05)
    workers = service.workers()
    kill(workers.values())
    killed_at = time.monotonic()
    under_way = stage.itglue.work()
    stage.itglue.lift()
    pen.say(
        f"SIGKILL to {_named(workers)}: {output.count(under_way.unanswered, 'write')} without an answer, "
        f"{output.count(under_way.unanswered_creates, 'create')} among them. Nobody helps:"
    )
    waiting = list(changes)
    with pen.ticking(lambda: f"{len(changes) - len(waiting):,} of {len(changes):,} arrived"):
        while waiting:
            # In the order of the changes: what is far from the first that lacks has hardly arrived before it.
            for change in list(people.arrived(stage.itglue, waiting[:AT_ONCE])):
                waiting.remove(change)
            _patience(began, waiting)
            time.sleep(0.1)
    took = time.monotonic() - began
    serials = Counter(row["attributes"]["serial-number"] for row in stage.itglue.now("configurations"))
    twice = [change.words for change in changes if serials[change.shows.get("serial-number", "")] > 1]
    if twice:
        raise DemoError(f"{len(twice)} new devices are there twice: {twice[:3]}")
    with pen.ticking(lambda: "what had no answer is read again"):
        wait_for(
            lambda: time.monotonic() - killed_at > WRITE_WINDOW + LIST_LAG and not _open(stage), ARRIVAL, "the rest"
        )
    pen.good(f"all {len(changes):,} in IT Glue {took:.1f} s after the changes, each new device once")
    started = {name: pid for name, pid in service.workers().items() if pid not in workers.values()}
    pen.good(f"the service has started {_named(started)} anew")


def _named(workers: Mapping[str, int]) -> str:
    return ", ".join(f"{name} (pid {pid})" for name, pid in workers.items())


def _once_more(stage: Stage, evidence: Evidence) -> None:
    pen = stage.pen
    pen.act("Once more: nothing changes, so nothing is written")
    evidence.moments.append(time.time())
    evidence.settled_at = verdict.now(stage.itglue)
    before = stage.itglue.work()
    polls = _polls(stage)
    with stage.commands.service() as service:
        with pen.ticking(lambda: "the service starts"):
            wait_for(lambda: bool(service.processes()) and _polls(stage) > polls, 60, "the first polls")
        planned = stage.commands.run("plan", "--refresh", show=6)  # beside the service, as an operator would
        with pen.ticking(lambda: output.count(_polls(stage) - polls, "poll")):
            wait_for(lambda: bool(service.processes()) and _polls(stage) >= polls + 3, 60, "a few polls")
    writes = stage.itglue.work().writes - before.writes
    if planned.code or writes:
        raise DemoError(f"something was left to write: plan ended with {planned.code}, {writes} writes were sent")
    pen.good(f"{output.count(_polls(stage) - polls, 'poll')} and a whole plan later: 0 writes at IT Glue, by its log")


def _verdict(stage: Stage, evidence: Evidence) -> int:
    pen = stage.pen
    pen.act("The verdict")
    pen.say("What the bridge says of itself:")
    stage.commands.run("status", show=40)
    pen.typed("glue-bridge plan --json")
    status = json.loads(stage.commands.quietly("status", "--json"))
    plan = json.loads(stage.commands.quietly("plan", "--json"))["lines"]
    evidence.hear(plan, status)
    return _judged(stage, evidence)


def _judged(stage: Stage, evidence: Evidence) -> int:
    """Let the judge speak; give the exit code."""
    pen = stage.pen
    pen.say("What the simulators' own history says, by a judge that shares no code with the bridge:")
    with pen.ticking(lambda: "judging"):
        world = verdict.look(stage.connectwise, stage.itglue)
        report = verdict.judge(world, evidence, repair_within=WRITE_WINDOW + LIST_LAG + 10)
    pen.line()
    verdict.show(pen, world, evidence, report)
    pen.line()
    return verdict.pronounce(pen, report)


def _spoil(stage: Stage) -> None:
    """Make a record twice, as a client that knows nothing of the bridge would."""
    pen = stage.pen
    pen.act("Somebody makes a record twice")
    row = next(row for row in stage.itglue.now("configurations") if people.MARK in (row["attributes"]["notes"] or ""))
    known = row["attributes"]
    copied = ("name", "configuration-type-id", "configuration-status-id", "serial-number", "notes")
    answer = httpx.post(
        f"{stage.itglue.url}/organizations/{known['organization-id']}/relationships/configurations",
        headers={"x-api-key": stage.itglue.credentials["api_key"], "content-type": "application/vnd.api+json"},
        json={"data": {"type": "configurations", "attributes": {name: known[name] for name in copied}}},
        trust_env=False,
    )
    answer.raise_for_status()
    pen.say(f"{known['name']} is there twice.")


def _open(stage: Stage) -> int:
    """Count what the bridge has not come to an end with."""
    targets = json.loads(stage.commands.quietly("status", "--json"))["targets"]
    return sum(states.get(state, 0) for states in targets.values() for state in ("pending", "waiting", "creating"))


def _polls(stage: Stage) -> int:
    """Count the reads of devices at the PSA."""
    return sum(each["path"].endswith(people.CONFIGURATIONS) for each in stage.connectwise.get("/requests"))


def _patience(began: float, waiting: Sequence[Change]) -> None:
    if waiting and time.monotonic() - began > ARRIVAL:
        raise DemoError(f"{len(waiting)} changes did not arrive within {ARRIVAL:.0f} s: {waiting[0].words}")


def _bare(ref: str) -> str:
    return ref.partition(":")[2]
