"""`glue-bridge query`."""

import pytest

from tests.integration.cli.workplace import Workplace


def test_a_list_is_shown_as_a_table(place: Workplace) -> None:
    """Narrowed by the PSA's own conditions, in the columns asked for."""
    said = place.run(
        "query", "cw", "/company/companies", "--where", 'identifier="HOLLISLEGAL"', "--fields", "id,name,status/name"
    )

    assert said.code == 0
    assert said.out.splitlines() == ["id   name              status/name", "253  Hollis Legal Ltd  Active"]


def test_json_is_one_object(place: Workplace) -> None:
    """In the PSA's own words, at most as many as asked for."""
    rows = place.json("query", "cw", "company/configurations/types", "--limit", "3")["records"]

    assert len(rows) == 3
    assert {"id", "name"} <= rows[0].keys()


def test_many_records_come_page_by_page(place: Workplace) -> None:
    """More than one page of the PSA."""
    told = place.json("query", "cw", "/company/configurations", "--limit", "5000")

    assert len(told["records"]) == 60


def test_a_limit_of_0_gives_all(place: Workplace) -> None:
    """As in `held`."""
    said = place.run("query", "cw", "/company/configurations", "--limit", "0", "--fields", "id")

    assert len(said.out.splitlines()) == 1 + 60


def test_one_record_is_given_by_its_path(place: Workplace) -> None:
    """And one that is not there is an error."""
    [found] = place.json("query", "cw", "/company/companies/253")["records"]
    missing = place.run("query", "cw", "/company/companies/1")

    assert found["name"] == "Hollis Legal Ltd"
    assert missing.code == 1
    assert missing.err.startswith("ERROR  B406     cw: ")


def test_what_is_secret_is_left_out(place: Workplace) -> None:
    """Fields of the kind Password, and whatever is called one."""
    fields = [
        {"id": 90, "caption": "Admin login", "type": "Password", "value": "hunter2"},
        {"id": 91, "caption": "Rack", "type": "Text", "value": "R12"},
    ]
    record = place.sides.psa.person("GET", "company/configurations")[0]
    before = record["now"].get("customFields", [])
    place.sides.psa.person("PATCH", f"company/configurations/{record['id']}", {"customFields": fields})

    said = place.run("query", "cw", f"/company/configurations/{record['id']}", "--json")

    place.sides.psa.person("PATCH", f"company/configurations/{record['id']}", {"customFields": before})
    assert "hunter2" not in said.out
    assert "R12" in said.out


def test_it_only_reads(place: Workplace) -> None:
    """And needs neither IT Glue nor the store."""
    before = len(place.sides.psa.get("/requests")), len(place.sides.itglue.get("/requests"))

    place.run("query", "cw", "/company/companies")

    assert {each["method"] for each in place.sides.psa.get("/requests")[before[0] :]} == {"GET"}
    assert len(place.sides.itglue.get("/requests")) == before[1]
    assert not (place.folder / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ccw", "/company/companies"), 'there is no source "ccw"; nearest: "cw"'),
        (("cw", "/../login"), "is no path of the API"),
        (("cw", "https://elsewhere.example/x"), "is no path of the API"),
        (("cw", "/company/companies", "--where", "name=="), "400"),
        (("cw", "company/nonsense"), "so it is the path: write it as in ConnectWise's reference"),
        (("cw", "company/nonsense/5"), "so it is the path: write it as in ConnectWise's reference"),
        (("cw", "/company/companies/253", "--where", "id=1"), "leave the condition out"),
    ],
)
def test_a_question_that_cannot_be_asked_is_an_error(place: Workplace, arguments: tuple[str, ...], said: str) -> None:
    """With what is wrong with it."""
    found = place.run("query", *arguments)

    assert found.code == 1
    assert found.err.startswith("ERROR  B406")
    assert said in found.err


def test_wrong_keys_are_not_taken_for_a_wrong_path(place: Workplace) -> None:
    """Where a path that every server has cannot be read either."""
    page = {"status": 404, "headers": {"content-type": "text/html"}, "body": "<html>not found</html>"}
    place.sides.psa.fault(page, path="company/(companies|nonsense)")

    found = [place.run("query", "cw", path) for path in ("/company/companies", "/company/nonsense")]

    assert [each.err[7:11] for each in found] == ["B208", "B208"]
    assert all("check company and keys" in each.err for each in found)


def test_a_missing_secret_is_named(place: Workplace) -> None:
    """By its key and the line that asks for it."""
    place.edit("CW_CLIENT_ID", "NO_ID", ".env")

    said = place.run("query", "cw", "/company/companies")

    assert said.code == 1
    assert said.err.startswith(f"ERROR  B102     bridge.toml:{place.line_of('client_id')}")
