"""The checklist's points on sites, contacts, tickets and what they refer to, in the provider's tenant."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulators.connectwise.psa import FORWARD, ROOT, Psa
from tests.simulators.running import Running, running

COMPANY = 250  # the provider's first company: three sites, four contacts, tickets
LISTS = (
    f"company/companies/{COMPANY}/sites", "company/contacts", "company/contacts/types", "company/communicationTypes",
    "company/contactTypeAssociations", "service/tickets", "project/tickets", "service/boards", "service/boards/1/statuses",
    "service/priorities", "system/userDefinedFields", "company/configurations/types/14/questions",
)  # fmt: skip
STAMPED = LISTS[:2] + LISTS[5:7]


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    """One provider for all."""
    with running("connectwise", "--provider", "12x160", "--limits", "off") as simulator:
        yield simulator


@pytest.fixture
def tenant(process: Running) -> Iterator[Psa]:
    """Give a client of it, with every switch at its default."""
    client = Psa(process)
    with client.http:
        yield client
    process.reset()


@pytest.fixture(params=LISTS)
def path(request: pytest.FixtureRequest) -> str:
    """Give each list in turn."""
    return str(request.param)


@pytest.fixture(params=STAMPED)
def stamped(request: pytest.FixtureRequest) -> str:
    """Give each list of records that people work on."""
    return str(request.param)


def test_point_02_doubled_and_trailing_slashes(tenant: Psa, path: str) -> None:
    """Lists, counts and single records."""
    number = tenant.ids(path)[0]

    assert tenant.ids(path + "/") == tenant.ids(path.replace("/", "//")) == tenant.ids(path.upper())
    assert tenant.read(f"{path}/count/") == {"count": len(tenant.ids(path))}
    assert tenant.read(f"{path}/{number}/")["id"] == number


def test_point_07_conditions_fields_and_stamps(tenant: Psa, path: str) -> None:
    """`id in`, `lastUpdated` everywhere, `_info` only when asked for, unknown names 400."""
    numbers = tenant.ids(path)

    assert tenant.ids(path, conditions=f"id in ({numbers[0]}, {numbers[-1]},)") == sorted({numbers[0], numbers[-1]})
    assert tenant.ids(path, conditions="lastUpdated>[1990-01-01T00:00:00Z]") == numbers
    assert tenant.ids(path, conditions="lastUpdated>[2100-01-01]") == []
    assert all(set(row) == {"id"} for row in tenant.read(path, fields="id"))
    assert "_info" in tenant.read(path, fields="id,_info/lastUpdated")[0]
    assert "is not a recognized name" in tenant.refusal(path, conditions="colour=1")
    assert tenant.get(path, fields="colour").status_code == 400


def test_point_08_pages_of_every_list(tenant: Psa, path: str) -> None:
    """By number and forward only, nothing twice and nothing left out."""
    numbers = tenant.ids(path, orderBy="id asc")

    by_page: list[int] = []
    while len(by_page) < len(numbers):
        by_page += [row["id"] for row in tenant.read(path, pageSize=2, page=len(by_page) // 2 + 1, orderBy="id asc")]
    forward, last = list[int](), 0
    while rows := tenant.read(path, FORWARD, pageSize=2, pageId=last):
        forward += [row["id"] for row in rows]
        last = forward[-1]

    assert by_page == forward == numbers
    assert tenant.read(path, page=999) == []


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_point_09_nothing_can_be_written(tenant: Psa, path: str, method: str) -> None:
    """403, and noted."""
    before = len(tenant.simulator.get("/violations"))
    target = path if method == "POST" else f"{path}/{tenant.ids(path)[0]}"

    answer = tenant.http.request(method, f"{ROOT}/{target}", json=[] if method == "PATCH" else {})

    assert answer.status_code == 403
    assert [each["rule"] for each in tenant.simulator.get("/violations")[before:]] == ["the bridge only reads"]


def test_point_10_an_edit_moves_the_stamp_and_stands_in_the_history(tenant: Psa, stamped: str) -> None:
    """Found by `lastUpdated` from the second of the change on."""
    number = tenant.ids(stamped)[-1]
    before = tenant.read(f"{stamped}/{number}")
    tenant.simulator.advance(60)
    word = {"sites": "phoneNumber", "contacts": "title", "tickets": "summary"}[stamped.rsplit("/", 1)[1]]

    tenant.simulator.person("PATCH", f"{stamped}/{number}", {word: "0113 000"})
    after = tenant.read(f"{stamped}/{number}")

    assert after["_info"]["lastUpdated"] > before["_info"]["lastUpdated"]
    assert number in tenant.ids(stamped, conditions=f"lastUpdated>=[{after['_info']['lastUpdated']}]")
    [record] = tenant.simulator.get(f"/records/{stamped}/{number}")
    event = record["history"][-1]
    assert (event["by"], event["verb"], event["after"][word]) == ("person", "update", "0113 000")
    assert event["before"].get(word) == before.get(word)


@pytest.mark.parametrize(("status", "answered"), [(429, 429), (500, 500), (503, 503), (404, 404)])
def test_point_12_trouble_on_demand(tenant: Psa, stamped: str, status: int, answered: int) -> None:
    """Once, on this list; the next read is as before."""
    numbers = tenant.ids(stamped)
    tenant.simulator.fault({"status": status}, path=f"^/{stamped}$", nth=[1])

    assert tenant.get(stamped).status_code == answered
    assert tenant.ids(stamped) == numbers


def test_point_12_a_body_may_be_cut_or_html(tenant: Psa, stamped: str) -> None:
    """A 200 proves nothing."""
    tenant.simulator.fault({"body": "<html>Sign in</html>"}, path=f"^/{stamped}$", nth=[1])

    answer = tenant.get(stamped)

    assert (answer.status_code, answer.text[:6]) == (200, "<html>")


def test_point_13_an_entity_can_be_forbidden(tenant: Psa, stamped: str) -> None:
    """List, count and record, with the vendor's words."""
    tenant.simulator.set(role={"forbidden": [stamped]})

    for path in (stamped, f"{stamped}/count", f"{stamped}/1"):
        answer = tenant.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "Security")


def test_point_13_a_deleted_record_may_stay_for_a_while(tenant: Psa) -> None:
    """Contacts and tickets, and the links of a ticket with them."""
    tenant.simulator.set(delete_lag_seconds=30)
    for path in ("company/contacts", "service/tickets"):
        number = tenant.ids(path)[0]
        tenant.simulator.person("DELETE", f"{path}/{number}")
        assert tenant.get(f"{path}/{number}").status_code == 200
        tenant.simulator.advance(31)
        assert tenant.get(f"{path}/{number}").status_code == 404
        assert number not in tenant.ids(path)


def test_point_13_level_my_shortens_contacts_and_tickets(tenant: Psa) -> None:
    """Lists and counts; a single record still answers."""
    for path in ("company/contacts", "service/tickets"):
        every = tenant.ids(path)
        tenant.simulator.set(role={"level": "my"})
        some = tenant.ids(path)
        tenant.simulator.set(role={})
        assert some == [number for number in every if number % 2 == 0]


def test_point_07_custom_fields_of_contacts_and_tickets(tenant: Psa) -> None:
    """All that are defined for the screen are listed, also empty ones with an explicit null; conditions go by caption."""
    contact = tenant.read("company/contacts")[0]
    tickets = tenant.read("service/tickets", pageSize=1000)

    assert [field["caption"] for field in contact["customFields"]] == ["VIP"]
    assert {tuple(field["caption"] for field in row["customFields"]) for row in tickets} == {("Root Cause", "On Site")}
    assert any(field["value"] is None for row in tickets for field in row["customFields"])
    wanted = [row["id"] for row in tickets if row["customFields"][0]["value"] == "Hardware"]
    conditions = 'caption="Root Cause" and value="Hardware"'
    assert tenant.ids("service/tickets", customFieldConditions=conditions) == wanted


def test_a_person_changes_custom_fields_of_a_ticket(tenant: Psa) -> None:
    """What is not named stays; the stamp moves only under its switch."""
    number = tenant.ids("service/tickets")[-1]
    path = f"service/tickets/{number}"
    before = tenant.read(path)
    tenant.simulator.advance(60)

    tenant.simulator.person("PATCH", path, {"customFields": [{"caption": "Root Cause", "value": "Supplier"}]})
    silent = tenant.read(path)
    tenant.simulator.set(child_touches={"customFields": True})
    tenant.simulator.person("PATCH", path, {"customFields": [{"caption": "Root Cause", "value": None}]})
    touched = tenant.read(path)

    values = {field["caption"]: field["value"] for field in silent["customFields"]}
    assert values == {"Root Cause": "Supplier", "On Site": before["customFields"][1]["value"]}
    assert silent["_info"]["lastUpdated"] == before["_info"]["lastUpdated"] < touched["_info"]["lastUpdated"]
    assert touched["customFields"][0]["value"] is None


def _ticket(tenant: Psa) -> tuple[str, int]:
    """Give a ticket without linked configurations, and a device."""
    number = next(
        each for each in tenant.ids("service/tickets") if not tenant.ids(f"service/tickets/{each}/configurations")
    )
    return f"service/tickets/{number}", tenant.ids("company/configurations")[0]


def test_a_person_links_a_configuration_by_its_rmm_key(tenant: Psa) -> None:
    """By id or deviceIdentifier; neither is refused in the vendor's words (5.6)."""
    ticket, device = _ticket(tenant)
    tenant.simulator.person("PATCH", f"company/configurations/{device}", {"deviceIdentifier": "rmm-77"})

    tenant.simulator.person("POST", f"{ticket}/configurations", {"deviceIdentifier": "rmm-77"})
    refused = tenant.simulator.control.post(f"/records/{ticket}/configurations", json={})

    assert tenant.ids(f"{ticket}/configurations") == [device]
    assert (refused.status_code, refused.json()["error"]) == (400, "id or deviceIdentifier is required.")


@pytest.mark.parametrize("touches", [False, True])
@pytest.mark.parametrize("word", ["communicationItems", "configurations", "notes"])
def test_point_10_a_change_below_a_record_may_touch_it(tenant: Psa, word: str, touches: bool) -> None:
    """A way to reach a contact, a link and a note of a ticket: unknown, so a switch says (6)."""
    tenant.simulator.set(child_touches={word: touches})
    ticket, device = _ticket(tenant)
    contact = tenant.ids("company/contacts", conditions=f"company/id={COMPANY}")[0]
    holder = f"company/contacts/{contact}" if word == "communicationItems" else ticket
    stamp = tenant.read(holder)["_info"]["lastUpdated"]
    tenant.simulator.advance(60)

    match word:
        case "communicationItems":
            item = {"type": {"id": 3}, "value": f"0113 {tenant.simulator.get('/clock')['now'][14:19]}"}
            tenant.simulator.person("POST", f"{holder}/communications", item)
        case "configurations":
            tenant.simulator.person("POST", f"{holder}/configurations", {"id": device})
        case _:
            tenant.simulator.person("POST", f"{holder}/notes", {"text": "Called back."})

    assert (tenant.read(holder)["_info"]["lastUpdated"] > stamp) is touches
    if word == "configurations":
        tenant.simulator.person("DELETE", f"{holder}/configurations/{device}")


def test_a_deleted_contact_may_hand_its_records_over(tenant: Psa) -> None:
    """`transferContactId` names who takes its tickets and configurations (5.4)."""
    first, second, third = tenant.ids("company/contacts", conditions="company/id!=null")[-3:]
    ticket, _ = _ticket(tenant)
    tenant.simulator.person("PATCH", ticket, {"contact": {"id": first}})

    path = f"/records/company/contacts/{first}"
    refused = tenant.simulator.control.request("DELETE", path, json={"transferContactId": 1})
    tenant.simulator.person("DELETE", f"company/contacts/{first}", {"transferContactId": second})
    handed = tenant.read(ticket)["contact"]["id"]
    tenant.simulator.person("PATCH", ticket, {"contact": {"id": third}})
    tenant.simulator.person("DELETE", f"company/contacts/{third}")

    assert refused.status_code == 400
    assert handed == second
    assert "contact" not in tenant.read(ticket)


def test_a_ticket_moves_between_service_and_project(tenant: Psa) -> None:
    """`convert` keeps number, links and notes; the other list has it then (5.6)."""
    ticket, device = _ticket(tenant)
    number = int(ticket.rsplit("/", 1)[1])
    tenant.simulator.person("POST", f"{ticket}/configurations", {"id": device})

    tenant.simulator.person("POST", f"{ticket}/convert", {})

    assert number not in tenant.ids("service/tickets")
    assert tenant.read(f"project/tickets/{number}")["recordType"] == "ProjectTicket"
    assert tenant.ids(f"project/tickets/{number}/configurations") == [device]
    tenant.simulator.person("POST", f"project/tickets/{number}/convert", {})
    assert tenant.read(ticket)["recordType"] == "ServiceTicket"
    tenant.simulator.person("DELETE", f"{ticket}/configurations/{device}")


def test_tickets_are_merged(tenant: Psa) -> None:
    """The child names its parent and is closed, the parent knows that it has one (5.6)."""
    child, parent = tenant.ids("service/tickets", conditions="closedFlag=false")[-2:]

    tenant.simulator.person("POST", f"service/tickets/{child}/merge", {"into": parent})

    shown = tenant.read(f"service/tickets/{child}")
    assert (shown["mergedParentTicket"]["id"], shown["closedFlag"]) == (parent, True)
    assert tenant.read(f"service/tickets/{parent}")["hasMergedChildTicketFlag"] is True
    for body in ({}, {"into": child}, {"into": 1}):
        path = f"/records/service/tickets/{child}/merge"
        assert tenant.simulator.control.post(path, json=body).status_code == 400


def _questions(tenant: Psa, device: int) -> dict[str, Any]:
    rows = tenant.read(f"company/configurations/{device}")["questions"]
    return {row["question"]: row.get("answer") for row in rows}


def test_questions_follow_what_people_make_of_them(tenant: Psa) -> None:
    """A new question stands in every configuration of the type, an inactive one in none; answers are changed one by one."""
    device = tenant.ids("company/configurations", conditions='type/name="Managed Server"')[0]
    questions = "company/configurations/types/14/questions"

    made = tenant.simulator.person("POST", questions, {"question": "Rack", "sequenceNumber": 9.0})["id"]
    fresh = _questions(tenant, device)
    tenant.simulator.person(
        "PATCH", f"company/configurations/{device}", {"questions": [{"questionId": made, "answer": "R12"}]}
    )
    answered = _questions(tenant, device)
    tenant.simulator.person("PATCH", f"{questions}/{made}", {"inactiveFlag": True})

    assert fresh["Rack"] is None
    assert answered == fresh | {"Rack": "R12"}
    assert "Rack" not in _questions(tenant, device)
    found = tenant.ids("company/configurations", childConditions='questions/question="Backup Job"', pageSize=1000)
    assert device in found
