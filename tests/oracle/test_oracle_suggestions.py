"""Suggested documentation: what open tickets show in the end, and that nothing restricted was ever shown."""

from dataclasses import replace
from typing import Any

import pytest

from simulators.oracle.blocks import Field, Suggestion
from simulators.oracle.choosing import Subject, fits, holds, is_shown
from tests.oracle.full_scene import FULL, WITH_TICKETS, FullScene
from tests.oracle.scene import ORGANIZATION
from tests.oracle.verdict import is_said, judged

REF = "psa-ticket/ticket:9"
PRINTING = Suggestion(
    when={"ticket.title": ("print", "printer", "paper jam")},
    titled=("printing", "printer"),
    shared=frozenset({"Kraken"}),
)
SERVERS = Suggestion(
    when={"device.type": ("server",), "organization.types": ("client",)}, show="FlexibleAssetType: Runbook"
)
FIELDS = (
    Field("Suggested", "Tag", suggest="first", shows="Documents"),
    Field("More", "Tag", suggest="more", shows="Documents"),
    Field("Runbooks", "Tag", suggest="first", shows="FlexibleAssetType: Runbook"),
    Field("Lists", "Tag", suggest="first", shows="Checklists"),
)
BLOCK = replace(WITH_TICKETS, fields=(*WITH_TICKETS.fields, *FIELDS))
SETTINGS = replace(
    FULL, assets=(BLOCK,), suggestions=(PRINTING, SERVERS, Suggestion({"ticket.title": ("jams",)}, "Checklists"))
)


@pytest.mark.parametrize(
    ("text", "phrase", "said"),
    [
        ("re: PRINT!", "print", True),
        ("Printers are slow", "print", False),
        ("Paper-jam in tray 2", "paper jam", True),
        ("jam of paper", "paper jam", False),
        ("paper\n jam", "Paper Jam", True),
        ("snake_case print_job", "print", True),
        ("Straße", "STRASSE", True),
        ("tray 20", "tray 2", False),
        ("", "print", False),
        ("anything", "?!", False),
    ],
)
def test_words_are_whole_and_stand_in_a_row(text: str, phrase: str, said: bool) -> None:
    """Not case-sensitive; what is neither letter nor digit stands between them."""
    assert holds(text, [phrase]) == said


@pytest.mark.parametrize(
    ("ticket", "device", "types", "said"),
    [
        ({"title": "Slow"}, {"type": "Managed Server"}, ["Gold"], True),
        ({"title": "Slow"}, {"type": "Managed Server"}, [], False),
        ({"title": "Slow"}, {"type": "Laptop"}, ["Gold"], False),
        ({"title": "Slow"}, None, ["Gold"], False),
    ],
)
def test_every_attribute_holds_one_of_its_words(
    ticket: dict[str, Any], device: dict[str, Any] | None, types: list[str], said: bool
) -> None:
    """Of devices any one does."""
    rule = Suggestion({"device.type": ("server",), "organization.types": ("gold", "silver")})
    devices = [{"type": "Printer"}, device] if device else []
    organization = {"types": [{"id": "1", "name": name} for name in types]}

    assert fits(rule, Subject(ticket, devices, organization)) == said
    custom = Suggestion({"ticket.custom.Area": ("print",)})
    assert fits(custom, Subject({"custom": {"Area": "Print room"}}, [], {}))
    assert not fits(custom, Subject({"custom": {}}, [], {}))


def test_what_it_glue_says_nothing_of_is_not_shown() -> None:
    """Where it ought to say whether an item is restricted."""
    assert is_shown({"restricted": False}, needs_flag=True)
    assert not is_shown({}, needs_flag=True)
    assert is_shown({}, needs_flag=False)
    assert not is_shown({"restricted": True}, needs_flag=False)
    assert not is_shown({"restricted": False, "archived": True}, needs_flag=True)


class Shelf(FullScene):
    """A scene with documentation, and a ticket that is linked to a server."""

    def __init__(self) -> None:
        super().__init__(SETTINGS)
        for place, each in enumerate(FIELDS):
            self.field(each.name, each.name.casefold(), 10 + place, "Tag")
        self.put("flexible_asset_types", "71", 0, "person", {}, {"name": "Runbook", "enabled": True})
        self.organization(0, "901", name="Kraken", short_name="KRK")
        self.site(1)
        self.device(1, type={"id": 13, "name": "Managed Server"})
        self.ticket(1, configurations=[1])
        self.sync(2)

    def item(self, at: float, record: str, name: str = "Printing", resource: str = "documents", **given: Any) -> None:
        """Write an item down, or change it: it is updated then."""
        new = {
            "organization-id": int(ORGANIZATION),
            "archived": False,
            "restricted": False,
            "name": name,
            "adapters": [],
        }
        if resource == "checklists":
            del new["restricted"]
        stamp = f"2026-01-01T00:{int(at) // 60:02}:{int(at) % 60:02}.000Z"
        row = {key.replace("_", "-"): value for key, value in given.items()} | {"updated-at": stamp}
        self.put(resource, record, at, "person", new, row)

    def tag(self, at: float, by: str = "api", **shown: tuple[str, ...]) -> None:
        """Tag the ticket's asset."""
        self.shown(at, REF, self.record_of(REF), by, traits=shown)


@pytest.fixture
def shelf() -> Shelf:
    """Give it with nothing to suggest."""
    return Shelf()


def test_an_open_ticket_shows_what_is_chosen(shelf: Shelf) -> None:
    """I1: nothing missing, nothing more, of each kind in a field of its own."""
    assert judged(shelf, SETTINGS).holds, judged(shelf, SETTINGS).table()
    shelf.item(3, "1")
    shelf.item(3, "2", "Mail")
    shelf.item(3, "3", restricted=True)
    shelf.item(3, "4", archived=True)
    shelf.item(3, "5", organization_id=901)
    shelf.item(3, "6", organization_id=902)
    shelf.item(3, "7", "Rebuild", "flexible_assets", flexible_asset_type_id=71)
    shelf.item(3, "8", "Monthly", "checklists")
    is_said(judged(shelf, SETTINGS), "I1", REF, "Suggested shows [], the rules choose 2 of ['1', '5']")

    shelf.tag(10, suggested=("1", "5"), runbooks=("7",), lists=("8",))
    assert judged(shelf, SETTINGS).holds, judged(shelf, SETTINGS).table()

    shelf.tag(20, runbooks=(), lists=("8",))
    is_said(judged(shelf, SETTINGS), "I1", "Runbooks shows []")


def test_a_tag_that_is_no_longer_chosen_is_taken_away(shelf: Shelf) -> None:
    """I1: after a change of the item, of the ticket, of the rules; a closed ticket keeps what it had."""
    shelf.item(3, "1")
    shelf.tag(10, suggested=("1",))
    assert judged(shelf, SETTINGS).holds
    is_said(judged(shelf, replace(SETTINGS, suggestions=())), "I1", "Suggested shows ['1'], the rules choose 0 of []")

    shelf.item(20, "1", restricted=True)
    is_said(judged(shelf, SETTINGS), "I1", "Suggested shows ['1'], the rules choose 0 of []")
    assert judged(shelf, replace(SETTINGS, refreshed=False)).holds

    closed: dict[str, Any] = {
        "closedFlag": True,
        "closedDate": "1970-01-01T00:00:30Z",
        "status": {"id": 4, "name": "Completed"},
    }
    shelf.ticket(30, **closed)
    shelf.sync(31)
    assert judged(shelf, SETTINGS).holds


def test_five_come_first_and_thirty_after_them_the_last_updated_first(shelf: Shelf) -> None:
    """I1: own ones before shared ones; of those updated at one moment either is right."""
    for number in range(40):
        shelf.item(10 + number, str(number))
    shelf.item(200, "99", organization_id=901)
    order = [str(number) for number in reversed(range(40))]
    shelf.tag(300, suggested=tuple(order[:5]), more=tuple(order[5:35]))
    assert judged(shelf, SETTINGS).holds, judged(shelf, SETTINGS).table()

    shelf.tag(310, suggested=tuple(order[1:6]))
    is_said(judged(shelf, SETTINGS), "I1", "Suggested shows")
    shelf.tag(320, suggested=tuple(order[:5]), more=tuple(order[5:36]))
    is_said(judged(shelf, SETTINGS), "I1", "More shows")
    shelf.tag(330, more=tuple(order[5:35]))
    shelf.item(44, "33")  # updated when the one after it was
    assert judged(shelf, SETTINGS).holds
    shelf.tag(340, suggested=(*order[:4], "34"), more=("35", *order[6:35]))
    assert not judged(shelf, SETTINGS).holds
    shelf.tag(350, suggested=(*order[:4], "35"), more=tuple(order[5:35]))
    assert judged(shelf, SETTINGS).holds


@pytest.mark.parametrize("flag", ["restricted", "archived"])
def test_what_is_restricted_is_never_shown(shelf: Shelf, flag: str) -> None:
    """Safety: not even for a moment; the last readings of the list are what the bridge can know."""
    hidden: dict[str, Any] = {flag: True}
    shelf.item(3, "1", **hidden)
    shelf.tag(10, suggested=("1",))
    shelf.tag(11, suggested=())
    is_said(
        judged(shelf, SETTINGS), "safety", f"{REF} in", "Suggested was tagged with 1, which was restricted or archived"
    )
    shown: dict[str, Any] = {flag: False}
    shelf.item(20, "1", **shown)
    assert len(judged(shelf, SETTINGS).violations["safety"]) == 1

    late = Shelf()
    late.item(3, "1")
    late.item(20, "1", **hidden)
    late.tag(30, suggested=("1",))
    late.tag(31, suggested=())
    for second in (15, 16):
        late.request(f"1970-01-01T00:00:{second}Z", "GET", f"/organizations/{ORGANIZATION}/relationships/documents")
    assert judged(late, SETTINGS).holds, judged(late, SETTINGS).table()
    for second in (21, 22):
        late.request(f"1970-01-01T00:00:{second}Z", "GET", f"/organizations/{ORGANIZATION}/relationships/documents")
    is_said(judged(late, SETTINGS), "safety", "which was restricted or archived")


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"name": "Mail"}, "which no rule chooses"),
        ({"organization_id": 902}, "which no rule chooses"),
        ({"resource": "checklists"}, "which is none of Documents"),
    ],
)
def test_what_no_rule_ever_chose_is_never_shown(shelf: Shelf, item: dict[str, Any], why: str) -> None:
    """Safety: another name, another customer's, another kind; though it is taken away again."""
    shelf.item(3, "1", **item)
    shelf.tag(10, suggested=("1",))
    shelf.tag(11, suggested=())

    is_said(judged(shelf, SETTINGS), "safety", REF, why)


def test_a_field_that_suggests_is_the_blocks_own(shelf: Shelf) -> None:
    """Safety: it is written by the block; without it such a field is a person's."""
    shelf.item(3, "1")
    shelf.tag(10, suggested=("1",))
    assert judged(shelf, SETTINGS).holds

    bare = replace(SETTINGS, assets=(WITH_TICKETS,))
    is_said(judged(shelf, bare), "safety", "traits.suggested", "no block writes it")
