"""Tickets with boards, notes and linked configurations (reference 5.6)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.simulators.connectwise.psa import FORWARD, ROOT, Psa

TICKETS = "service/tickets"
PROJECT = "project/tickets"


@pytest.fixture
def board(own: Psa) -> dict[str, int]:
    """Make a board with two statuses, and a priority."""
    made = own.ids("service/boards")
    if not made:
        number = own.simulator.person("POST", "service/boards", {"name": "Helpdesk"})["id"]
        for status in ({"name": "New", "defaultFlag": True}, {"name": "Closed", "closedStatus": True}):
            own.simulator.person("POST", f"service/boards/{number}/statuses", status)
        own.simulator.person("POST", "service/priorities", {"name": "High", "sortOrder": 2})
        made = [number]
    statuses = own.read(f"service/boards/{made[0]}/statuses")
    return {"id": made[0], **{status["name"]: status["id"] for status in statuses}}


def _ticket(psa: Psa, board: dict[str, int], summary: str, path: str = TICKETS, **fields: Any) -> int:
    body = {"summary": summary, "board": {"id": board["id"]}, "company": {"id": 311}, **fields}
    number: int = psa.simulator.person("POST", path, body)["id"]
    return number


def test_both_kinds_share_a_number_space(own: Psa, board: dict[str, int]) -> None:
    """Each list shows its own kind, told apart by recordType."""
    service = _ticket(own, board, "Printer jams")
    project = _ticket(own, board, "Move office", PROJECT)
    issue = _ticket(own, board, "Cables", PROJECT, recordType="ProjectIssue")

    assert len({service, project, issue}) == 3
    assert service in own.ids(TICKETS)
    assert not {project, issue} & set(own.ids(TICKETS))
    assert {project, issue} <= set(own.ids(PROJECT))
    assert own.read(f"{TICKETS}/{service}")["recordType"] == "ServiceTicket"
    assert own.get(f"{TICKETS}/{project}").json()["message"] == f"Ticket {project} not found"
    assert own.read(f"{PROJECT}/count") == {"count": len(own.ids(PROJECT))}


def test_a_new_ticket_in_full(own: Psa, board: dict[str, int]) -> None:
    """Status from the board, dateEntered inside `_info`, initial texts as notes and never returned."""
    number = _ticket(
        own,
        board,
        "Printer jams",
        priority={"name": "High"},
        initialDescription="It jams.",
        initialInternalAnalysis="Old tray.",
        skipCallback=True,
    )

    record = own.read(f"{TICKETS}/{number}")
    notes = own.read(f"{TICKETS}/{number}/notes")

    assert record["status"]["name"] == "New"
    assert record["priority"]["sort"] == 2
    assert record["closedFlag"] is False
    assert not {"dateEntered", "initialDescription", "skipCallback"} & record.keys()
    assert record["_info"]["dateEntered"] == record["_info"]["lastUpdated"]
    assert [(each["text"], each["detailDescriptionFlag"]) for each in notes] == [
        ("It jams.", True),
        ("Old tray.", False),
    ]
    assert {each["ticketId"] for each in notes} == {number}


def test_the_status_closes_a_ticket(own: Psa, board: dict[str, int]) -> None:
    """The closedFlag comes from the status; reopening empties date and person."""
    number = _ticket(own, board, "To close")
    path = f"{TICKETS}/{number}"

    own.simulator.person("PATCH", path, {"status": {"id": board["Closed"]}})
    closed = own.read(path)
    own.simulator.person("PATCH", path, {"status": {"id": board["New"]}})
    reopened = own.read(path)

    assert (closed["closedFlag"], closed["closedBy"]) == (True, "jdoe")
    assert closed["closedDate"] == closed["_info"]["lastUpdated"]
    assert reopened["closedFlag"] is False
    assert not {"closedDate", "closedBy"} & reopened.keys()
    assert number in own.ids(TICKETS, conditions="closedFlag=False")


def test_linked_configurations(own: Psa, board: dict[str, int]) -> None:
    """A list of ids and RMM keys, found in reverse by `configuration/id`; the stamp stays."""
    number = _ticket(own, board, "With devices")
    path = f"{TICKETS}/{number}"
    own.simulator.person("PATCH", "company/configurations/4001", {"deviceIdentifier": "rmm-1"})
    stamp = own.read(path)["_info"]["lastUpdated"]
    own.simulator.advance(60)

    for device in (4002, 4001):
        own.simulator.person("POST", f"{path}/configurations", {"id": device})

    linked = own.read(f"{path}/configurations")
    assert [(each["id"], each.get("deviceIdentifier")) for each in linked] == [(4001, "rmm-1"), (4002, None)]
    assert all(set(each) <= {"id", "deviceIdentifier", "_info"} for each in linked)
    assert own.read(f"{path}/configurations/count") == {"count": 2}
    assert own.ids(TICKETS, conditions="configuration/id=4001") == [number]
    assert own.ids(TICKETS, conditions="configuration/id=4001 and closedFlag=false") == [number]
    assert own.read(path)["_info"]["lastUpdated"] == stamp
    assert [each["id"] for each in own.simulator.get(f"/records/{path}/configurations")] == [4001, 4002]

    own.simulator.person("DELETE", f"{path}/configurations/4001")
    assert own.ids(f"{path}/configurations") == [4002]
    assert own.ids(TICKETS, conditions="configuration/id=4001") == []


def test_what_a_ticket_was_linked_to_is_told_with_its_moments(own: Psa, board: dict[str, int]) -> None:
    """Of the control API: from each moment on the whole set, none before the first and after a deletion."""
    number = _ticket(own, board, "Relinked")
    path = f"{TICKETS}/{number}"
    for method, device in (("POST", 4002), ("POST", 4001), ("POST", 4001), ("DELETE", 4002)):
        body = {"id": device} if method == "POST" else None
        own.simulator.advance(60)
        own.simulator.person(method, f"{path}/configurations{'' if body else f'/{device}'}", body)
    own.simulator.person("DELETE", path)

    [told] = [each for each in own.simulator.get("/links/service/tickets") if each["id"] == number]

    assert [each["linked"] for each in told["history"]] == [[4002], [4001, 4002], [4001], []]
    moments = [datetime.fromisoformat(each["at"]) for each in told["history"]]
    assert moments[1] - moments[0] > timedelta(seconds=59)
    assert all(each["id"] != number for each in own.simulator.get("/links/project/tickets"))
    assert own.simulator.control.get("/links/company/companies").status_code == 404


def test_a_ticket_without_configurations_lists_none(own: Psa, board: dict[str, int]) -> None:
    """`[]`, but a ticket that is not there is 404."""
    number = _ticket(own, board, "Bare")

    assert own.read(f"{TICKETS}/{number}/configurations") == []
    assert own.get(f"{TICKETS}/999999/configurations").status_code == 404


def test_a_deleted_configuration_leaves_its_tickets(own: Psa, board: dict[str, int]) -> None:
    """The link goes with it."""
    device = own.simulator.person("POST", "company/configurations", {"name": "gone", "type": {"id": 7}})["id"]
    number = _ticket(own, board, "Orphaned")
    own.simulator.person("POST", f"{TICKETS}/{number}/configurations", {"id": device})

    own.simulator.person("DELETE", f"company/configurations/{device}")

    assert own.read(f"{TICKETS}/{number}/configurations") == []


@pytest.mark.parametrize(
    "conditions",
    [
        "configurations/id=4001",
        "configuration/id=4001 or configuration/id=4002",
        "configuration/id>4001",
        'status/colour="red"',
        'severity="Huge"',
    ],
)
def test_point_07_refused_conditions_on_tickets(own: Psa, conditions: str) -> None:
    """The plural, an or of several links, a wrong literal of an enumeration (3.1)."""
    assert own.refusal(TICKETS, conditions=conditions)


def test_point_07_conditions_on_tickets(own: Psa, board: dict[str, int]) -> None:
    """By board, status, company, severity, dateEntered with and without its prefix."""
    number = _ticket(own, board, "Found by unique words", severity="High")

    for conditions in (
        'summary contains "unique words"',
        'board/name="Helpdesk" and severity="high" and status/name="New"',
        f"id={number} and dateEntered>[2020-01-01T00:00:00Z]",
        f"id={number} and _info/dateEntered>[2020-01-01T00:00:00Z]",
        f'id={number} and company/identifier="ACME" and recordType="ServiceTicket"',
        f"id={number} and parentTicketId=null",
        f"id={number} and priority/sort=null",
    ):
        assert number in own.ids(TICKETS, conditions=conditions), conditions
    assert own.get(TICKETS, fields="id,dateEntered").status_code == 400


def test_point_09_search_takes_conditions_in_the_body(own: Psa, board: dict[str, int]) -> None:
    """200 and the array; page, pageSize and fields stay in the query (3.5)."""
    numbers = [_ticket(own, board, f"Searched {place}") for place in range(3)]
    body = {"conditions": 'summary like "Searched*"', "orderBy": "id desc", "childConditions": None}

    answer = own.http.post(f"{ROOT}/{TICKETS}/search", params={"pageSize": 2, "fields": "id"}, json=body)
    wrong = own.http.post(f"{ROOT}/{TICKETS}/search", json={"conditions": "colour=1"})
    no_body = own.http.post(f"{ROOT}/{TICKETS}/search", content=b"[1]", headers={"content-type": "application/json"})

    assert answer.status_code == 200
    assert answer.json() == [{"id": numbers[2]}, {"id": numbers[1]}]
    assert f"/{TICKETS}/search/?pageSize=2&fields=id&page=2>" in answer.headers["link"]
    assert (wrong.status_code, wrong.json()["code"]) == (400, "ApiFindCondition")
    assert no_body.status_code == 400
    assert own.http.post(f"{ROOT}/{PROJECT}/search", json={}).status_code == 200
    assert own.get(f"{TICKETS}/search").status_code == 405


def test_statuses_stand_below_their_board(own: Psa, board: dict[str, int]) -> None:
    """Same name, different id per board."""
    other = own.simulator.person("POST", "service/boards", {"name": "Projects", "projectFlag": True})["id"]
    status = own.simulator.person("POST", f"service/boards/{other}/statuses", {"name": "New"})["id"]

    assert own.ids(f"service/boards/{other}/statuses") == [status]
    assert status != board["New"]
    assert own.ids("service/boards", conditions="projectFlag=true") == [other]
    assert {each["name"] for each in own.read("service/info/boards")} == {"Helpdesk", "Projects"}
    assert set(own.read("service/info/boards")[0]) <= {"id", "name", "inactiveFlag", "projectFlag", "_info"}
    own.simulator.person("DELETE", f"service/boards/{other}")
    assert own.get(f"service/boards/{other}/statuses").status_code == 404


def test_notes_have_their_own_stamp(own: Psa, board: dict[str, int]) -> None:
    """A note need not touch the ticket (section 6); both kinds of ticket have notes."""
    number = _ticket(own, board, "Noted", PROJECT)
    path = f"{PROJECT}/{number}"
    stamp = own.read(path)["_info"]["lastUpdated"]
    own.simulator.advance(60)

    own.simulator.person("POST", f"{path}/notes", {"text": "First", "internalAnalysisFlag": True})

    (note,) = own.read(f"{path}/notes")
    assert (note["text"], note["createdBy"]) == ("First", "jdoe")
    assert note["dateCreated"] == note["_info"]["lastUpdated"] > stamp
    assert own.read(path)["_info"]["lastUpdated"] == stamp


def test_point_10_deleted_tickets_vanish_and_merged_companies_hand_theirs_over(own: Psa, board: dict[str, int]) -> None:
    """404 NotFound; the winner of a merge gets the tickets (5.10)."""
    loser, winner = (
        own.simulator.person("POST", "company/companies", {"name": f"{word} of tickets"})["id"]
        for word in ("Loser", "Winner")
    )
    kept = _ticket(own, board, "Kept", company={"id": loser})
    gone = _ticket(own, board, "Gone", company={"id": loser}, initialDescription="x")

    own.simulator.person("DELETE", f"{TICKETS}/{gone}")
    own.simulator.person("POST", f"company/companies/{loser}/merge", {"into": winner})

    assert own.get(f"{TICKETS}/{gone}").status_code == 404
    assert own.get(f"{TICKETS}/{gone}/notes").status_code == 404
    assert own.ids(TICKETS, conditions=f"company/id={winner}") == [kept]


def test_a_parent_ticket_knows_its_children(own: Psa, board: dict[str, int]) -> None:
    """The parentTicketId of the child, hasChildTicket of the parent."""
    parent = _ticket(own, board, "Parent")
    child = _ticket(own, board, "Child", parentTicketId=parent)

    assert own.read(f"{TICKETS}/{parent}")["hasChildTicket"] is True
    assert [each["id"] for each in own.read(TICKETS, FORWARD, conditions=f"parentTicketId={parent}")] == [child]


def test_what_hangs_on_a_ticket_stands_below_its_own_kind(own: Psa, board: dict[str, int]) -> None:
    """A project ticket's notes and configurations are not found below `/service/tickets`, nor the other way round."""
    service = _ticket(own, board, "service")
    project = _ticket(own, board, "project", "project/tickets")

    for word in ("notes", "configurations", "tasks"):
        assert own.read(f"service/tickets/{service}/{word}") == []
        assert own.read(f"project/tickets/{project}/{word}") == []
    for word in ("notes", "configurations"):
        for path in (f"service/tickets/{project}", f"project/tickets/{service}"):
            assert own.get(f"{path}/{word}").status_code == 404


def test_a_search_ignores_what_it_does_not_know(own: Psa) -> None:
    """Unknown words are ignored, as unknown query parameters are; the known ones are texts."""
    path = "/v4_6_release/apis/3.0/service/tickets/search"

    assert own.http.post(path, json={"conditions": "id<0", "page": 1, "orderBy": None}).json() == []
    assert own.http.post(path, json={"conditions": 5}).status_code == 400
