"""Any mix of a person's edits and the bridge's updates: no trait that is not ours is ever lost, and ours come to rest."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bridge.refresh import refresh
from tests.integration.drain.world import World

TICKET = "cw:ticket:7"
BLOCK = """
[[flexible_assets]]
type = "PSA Ticket"
from = "cw.tickets"
once = ["First"]
fields = [
  { name = "Ticket", kind = "Text", value = "#{{ number }} {{ title }}", title = true, required = true },
  { name = "First", kind = "Text", value = "{{ title }}" },
  { name = "Body", kind = "Textbox", value = "<p>{{ title }}</p>" },
  { name = "State", kind = "Select", options = ["New", "Done"], value = "{{ status }}" },
  { name = "Age", kind = "Number", decimals = 1, value = "{{ custom['n'] }}" },
  { name = "Share", kind = "Percent", decimals = 2, value = "{{ custom['n'] }}" },
  { name = "Open?", kind = "Checkbox", value = "{{ open }}" },
  { name = "Due", kind = "Date", value = "{{ custom['day'] }}" },
  { name = "Devices", kind = "Tag", tags = "Configurations", value = "{{ configurations }}" },
  { name = "Their text", kind = "Text" },
  { name = "Their html", kind = "Textbox" },
  { name = "Their option", kind = "Select", options = ["New", "Done"] },
  { name = "Their number", kind = "Number", decimals = 1 },
  { name = "Their share", kind = "Percent", decimals = 1 },
  { name = "Their flag", kind = "Checkbox" },
  { name = "Their day", kind = "Date" },
  { name = "Their devices", kind = "Tag", tags = "Configurations" },
]
"""

DEVICES = ("1", "2")
DAYS = st.dates().map(str)
HALVES = st.integers(-2_000, 2_000).map(lambda number: number / 2)
TITLES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PLAIN = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
OF_THEIRS: dict[str, st.SearchStrategy[Any]] = {
    "their-text": PLAIN,
    "their-html": PLAIN.map(lambda text: f"<b>{text}</b> & <i>"),
    "their-option": st.sampled_from(["New", "Done"]),
    "their-number": HALVES,
    "their-share": HALVES,
    "their-flag": st.booleans(),
    "their-day": DAYS,
    "their-devices": st.lists(st.sampled_from(DEVICES), min_size=1, unique=True),
}
EDITS = st.dictionaries(st.sampled_from(sorted(OF_THEIRS)), st.none(), max_size=4).flatmap(
    lambda names: st.fixed_dictionaries({name: st.none() | OF_THEIRS[name] for name in names})
)
RECORDS = st.fixed_dictionaries(
    {
        "title": TITLES,
        "status": st.sampled_from(["New", "Done", None]),
        "open": st.booleans() | st.none(),
        "custom": st.fixed_dictionaries({"n": st.none() | HALVES, "day": st.none() | DAYS}),
        "configurations": st.lists(st.sampled_from(DEVICES), unique=True),
    }
)
DEEDS = st.one_of(
    st.tuples(st.just("edit"), EDITS),
    st.tuples(st.just("update"), RECORDS),
    st.tuples(st.just("both"), st.tuples(EDITS, RECORDS)),
    st.tuples(st.sampled_from(["lose answer", "read"]), st.none()),
)


class Desk:
    """A person at IT Glue, and what this person has filled in."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ids = {number: int(world.record("configurations", f"device {number}")["id"]) for number in DEVICES}
        self.filled: dict[str, Any] = {}

    def asset(self) -> dict[str, Any]:
        """Give the one asset with its traits in their write shape."""
        [one] = self.world.records("flexible_assets")
        traits = {
            key: sorted(each["id"] for each in value["values"]) if isinstance(value, dict) else value
            for key, value in one["traits"].items()
        }
        return {**one, "traits": traits}

    def edit(self, values: dict[str, Any]) -> None:
        """Fill in, or empty, what is this person's own."""
        sent = {
            key: sorted(self.ids[each] for each in value) if key == "their-devices" and value else value
            for key, value in values.items()
        }
        self.filled = {key: value for key, value in {**self.filled, **sent}.items() if value is not None}
        self.world.edit("flexible_assets", self.asset()["id"], traits=sent)

    def update(self, words: dict[str, Any]) -> None:
        """Let the ticket change at its source."""
        devices = [{"id": each, "name": f"device {each}"} for each in words["configurations"]]
        self.world.put(self.world.ticket("7", **{**words, "configurations": devices}))


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(DEEDS, min_size=1, max_size=8))
def _play(world: World, desk: Desk, deeds: list[tuple[str, Any]]) -> None:
    kind = f"flexible_assets:{desk.asset()['flexible_asset_type_id']}"
    for deed, given_ in deeds:
        if deed in ("edit", "both"):
            desk.edit(given_ if deed == "edit" else given_[0])
        if deed in ("update", "both"):
            desk.update(given_ if deed == "update" else given_[1])
        if deed == "lose answer":
            world.fault({"status": 504, "after_write": True}, method="PATCH", path="flexible_assets", nth=[1])
        if deed == "read":
            refresh(world.engine, kind, lane="backfill")
        world.drain()
    world.calm()

    theirs = {key: value for key, value in desk.asset()["traits"].items() if key.startswith("their-")}
    assert theirs == desk.filled
    assert desk.asset()["traits"]["first"] == "ticket 7"

    refresh(world.engine, kind, lane="backfill")
    world.drain()
    before = world.writes()
    world.touch(TICKET)
    world.drain()
    assert world.writes() == before
    assert world.state(TICKET) == ("settled", None)


def test_no_mix_of_edits_and_updates_loses_a_trait(world: World) -> None:
    """IT Glue deletes what a write leaves out: every kind of trait that a person fills in is there afterwards.

    What was written is what is read: planning again by a read of everything is empty, for every kind of value.
    """
    flaps = "[stops]\nflaps = 1000\nemptied = { hour = 1000 }\n"  # this proof is not about stops
    world.configure(assets=BLOCK, stops=flaps)
    world.settle(world.organization(), world.device("1"), world.device("2"), world.ticket("7"))
    _play(world, Desk(world))
