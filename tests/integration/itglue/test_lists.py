"""Complete reads against lists that lag, shift and time out."""

import pytest

from bridge.errors import IncompleteReadError, RejectedError
from bridge.itglue.client import ITGlue
from bridge.itglue.reads import by_ids, read
from bridge.jsonapi import Adapter
from tests.integration.itglue.simulator import Account, Simulator


@pytest.fixture
def devices(account: Account, simulator: Simulator) -> list[str]:
    """Give 12 devices of one organization, made long ago."""
    return [
        simulator.person(
            "configurations",
            name=f"PC {i}",
            organization_id=account.organization,
            configuration_type_id=account.type,
            archived=i == 3,
            updated_at="2025-01-01T00:00:00.000Z",
        )
        for i in range(12)
    ]


def test_an_organization_is_read_completely(itglue: ITGlue, account: Account, devices: list[str]) -> None:
    """Page by page, archived ones included."""
    chunks = list(read(itglue, "configurations", lane="backfill", parent=account.parent, sizes=(5,)))

    assert [len(chunk.rows) for chunk in chunks] == [5, 5, 2]
    assert [chunk.complete for chunk in chunks] == [False, False, True]
    assert sorted(row.id for chunk in chunks for row in chunk.rows) == sorted(devices)
    assert [row.attributes["name"] for chunk in chunks for row in chunk.rows if row.attributes["archived"]] == ["PC 3"]


def test_a_page_that_times_out_is_halved(
    itglue: ITGlue, account: Account, simulator: Simulator, devices: list[str]
) -> None:
    """The read goes on where it stood."""
    simulator.fault({"status": 504}, method="GET", path="configurations", nth=[2, 4])

    chunks = list(read(itglue, "configurations", lane="backfill", parent=account.parent, sizes=(8, 4, 2, 1)))

    assert [len(chunk.rows) for chunk in chunks] == [8, 4]
    assert chunks[-1].complete
    assert sorted(row.id for chunk in chunks for row in chunk.rows) == sorted(devices)


def test_a_page_that_shifts_while_it_is_read_is_read_again(
    itglue: ITGlue, account: Account, simulator: Simulator, devices: list[str]
) -> None:
    """A person deletes the first device between two pages."""
    reading = read(itglue, "configurations", lane="backfill", parent=account.parent, sizes=(5,))

    chunks = [next(reading)]
    simulator.call("DELETE", f"/records/configurations/{devices[0]}")
    chunks += reading

    assert [chunk.restarted for chunk in chunks] == [False, False, False, True, False, False]
    assert sorted(row.id for chunk in chunks[3:] for row in chunk.rows) == sorted(devices[1:])
    assert chunks[-1].complete


def test_a_new_record_that_lists_do_not_show_yet_can_be_read_by_itself(
    itglue: ITGlue, account: Account, simulator: Simulator, devices: list[str]
) -> None:
    """A complete read lacks it until the lag is over: what follows a create must wait for V, or keep the id."""
    simulator.switch(list_lag_seconds=120)
    [late] = account.create(account.device("Late"))

    def listed() -> bool:
        return late.id in {
            row.id for chunk in read(itglue, "configurations", lane="live", parent=account.parent) for row in chunk.rows
        }

    assert not listed()
    assert by_ids(itglue, "configurations", [late.id, devices[0]], lane="live").keys() >= {devices[0]}
    assert itglue.get("configurations", late.id, lane="live") is not None
    simulator.call("POST", "/clock", {"advance": 121})
    assert listed()


def test_psa_ids_come_with_the_list(itglue: ITGlue, account: Account, simulator: Simulator) -> None:
    """The kind says what is asked for."""
    owned = {"organization-id": account.organization, "name": "Owned", "configuration-type-id": account.type}
    simulator.call(
        "POST",
        "/records/configurations",
        {
            "attributes": {**owned, "psa-integration": "enabled"},
            "adapter": {"adapter-type-name": "ConnectWise", "remote-id": "311"},
        },
    )

    [chunk] = read(itglue, "configurations", lane="live", parent=account.parent)

    assert [row.adapters for row in chunk.rows] == [(Adapter("ConnectWise", "311", sync=True, orphaned=False),)]


def test_models_are_read_under_their_manufacturer(itglue: ITGlue, simulator: Simulator) -> None:
    """On the nested route, where filters do not work."""
    maker = simulator.person("manufacturers", name="Lenovo")
    with itglue.turn("live") as turn:
        made = itglue.create(turn, "models", [{"name": "T14"}, {"name": "T16"}], parent=("manufacturers", maker))
    with itglue.turn("live") as turn:
        [alone] = itglue.create(turn, "models", [{"name": "X1"}], parent=("manufacturers", maker)).rows

    [chunk] = read(itglue, "models", lane="live", parent=("manufacturers", maker))

    assert {row.id for row in chunk.rows} == {alone.id, *(row.id for row in made.rows)}
    with pytest.raises(ValueError, match="filters do not work"):
        itglue.page("models", lane="live", nested=("manufacturers", maker), filters={"id": "5"})


@pytest.mark.parametrize(
    "kind",
    [
        "organizations",
        "organization_types",
        "organization_statuses",
        "configurations",
        "configuration_types",
        "configuration_statuses",
        "manufacturers",
        "models",
        "operating_systems",
        "locations",
        "contacts",
        "flexible_asset_types",
    ],
)
def test_every_kind_has_its_list(itglue: ITGlue, kind: str) -> None:
    """Route, sort and include are taken."""
    chunks = list(read(itglue, kind, lane="live"))
    ids = [row.id for chunk in chunks for row in chunk.rows][:3]

    assert chunks[-1].complete
    assert by_ids(itglue, kind, [*ids, "424242"], lane="live").keys() == set(ids)


@pytest.mark.parametrize("kind", ["locations", "contacts"])
def test_several_of_one_organization_are_made_and_changed_in_one_request(
    itglue: ITGlue, account: Account, kind: str
) -> None:
    """On the nested route, and on the flat one."""
    word = "name" if kind == "locations" else "first_name"
    with itglue.turn("live") as turn:
        made = itglue.create(turn, kind, [{word: "A"}, {word: "B"}], parent=account.parent)
    with itglue.turn("live") as turn:
        changed = itglue.update(turn, kind, [(row.id, {"notes": row.id}) for row in made.rows])

    [chunk] = read(itglue, kind, lane="live", parent=account.parent)

    assert {row.attributes[word] for row in chunk.rows} == {"A", "B"}
    assert {row.id: row.attributes["notes"] for row in changed.rows} == {row.id: row.id for row in made.rows}


def test_commas_in_a_filter_are_no_alternatives(itglue: ITGlue, simulator: Simulator) -> None:
    """They are escaped."""
    simulator.person("manufacturers", name="Hewlett, Packard")

    page = itglue.page("manufacturers", lane="live", filters={"name": ["Hewlett, Packard", "Nobody"]})

    assert [row.attributes["name"] for row in page.rows] == ["Hewlett, Packard"]


def test_a_filter_that_is_ignored_is_noticed(
    itglue: ITGlue, account: Account, simulator: Simulator, devices: list[str]
) -> None:
    """An unknown one is refused, or brings rows that do not carry it."""
    filters = {"shelf_id": "5"}

    with pytest.raises(RejectedError):
        list(read(itglue, "configurations", lane="live", filters=filters))
    simulator.switch(unknown_filter="ignore")
    with pytest.raises(IncompleteReadError, match="was ignored"):
        list(read(itglue, "configurations", lane="live", filters=filters))
