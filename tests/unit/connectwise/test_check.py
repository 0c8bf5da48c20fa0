"""What `check` says of a source, and with which code."""

from collections.abc import Callable

import pytest

from bridge.mapping.words import WORDS
from connectors.connectwise.connector import ConnectWise
from tests.unit.connectwise.scripted import LAST, Answer, Asked, rows, scripted

Script = Callable[[Asked], Answer]

want = {"organization": frozenset({"name"}), "configuration": frozenset({"name", "serial_number"})}
everything = {kind: frozenset(words) for kind, words in WORDS.items()}


def found(connector: ConnectWise) -> list[tuple[str, str | None]]:
    """Give level and code of each finding that is not ok."""
    return [(one.level, one.code) for one in connector.check(want) if one.level != "ok"]


def healthy(asked: Asked) -> Answer:
    """Answer as a server with three companies and twelve configurations."""
    conditions = asked.query.get("conditions", "")
    if asked.path.endswith("/count"):
        return Answer({"count": 3 if "companies" in asked.path else 12})
    if "lastUpdated>=[2026-05-01T09:00:02" in conditions:
        return Answer([], headers=LAST)
    size = int(asked.query["pageSize"])
    return Answer(rows(*range(1, 1 + min(size, 12)), company={"id": 5}), headers=LAST)


def test_a_healthy_source_is_ok_in_every_line() -> None:
    """The lines say how much is visible and what a snapshot costs."""
    with scripted(healthy) as (connector, _):
        findings = list(connector.check(want))

    assert {one.level for one in findings} == {"ok"}
    assert {one.subject for one in findings} == {"cw"}
    assert [one.text.partition(",")[0] for one in findings][1:] == [
        "3 companies",
        "12 configurations",
        "filters by lastUpdated correctly",
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("wrong_keys.401", "B202"),
        ("html.404", "B208"),
        ("missing_client_id.400", "B203"),
        ("ssl_required.403", "B209"),
        ("maintenance.503", "B201"),
        ("too_many.429", "B211"),
    ],
)
def test_what_refuses_everything_is_one_error(name: str, code: str) -> None:
    """One cause, one line: the rest would only repeat it."""
    with scripted(lambda _: Answer.sample(name)) as (connector, _):
        assert found(connector) == [("error", code)]


def test_a_server_that_is_away_and_an_unknown_company_are_told_apart() -> None:
    """The first needs patience or a firewall rule, the second a correction."""
    with scripted(healthy) as (connector, server):
        server.info = None
        assert found(connector) == [("error", "B208")]
        server.info = Answer.sample("maintenance.503")
        assert found(connector) == [("error", "B201")]


@pytest.mark.parametrize(
    ("forbidden", "expected"),
    [
        ("/company/configurations", [("error", "B204")]),
        ("/company/companies", [("error", "B204")]),
        ("/company/companies/types", [("warn", "B204")]),
        ("/company/companies/statuses", [("warn", "B204")]),
        ("/company/configurations/types", [("warn", "B204")]),
        ("/company/configurations/statuses", [("warn", "B204")]),
        ("/procurement/manufacturers", [("warn", "B204")]),
    ],
)
def test_permission_is_tried_for_each_entity(forbidden: str, expected: list[tuple[str, str]]) -> None:
    """A 403 is per endpoint (api/connectwise.md 2); setup tables are only wanted, the two kinds are needed."""
    with scripted(lambda asked: Answer.sample("no_permission.403") if asked.path == forbidden else healthy(asked)) as (
        connector,
        _,
    ):
        assert found(connector) == expected


def test_a_role_that_blanks_companies_is_an_error() -> None:
    """Missing permission can empty a reference instead of failing; mapped, this would move every device."""
    blanked: Script = lambda asked: (  # noqa: E731 - one case of the script
        Answer(rows(*range(1, 13), company={"_info": {}}))
        if asked.query.get("fields") == "id,company"
        else healthy(asked)
    )
    with scripted(blanked) as (connector, _):
        assert found(connector) == [("error", "B206")]


def test_a_few_configurations_without_a_company_are_no_fault_of_the_role() -> None:
    """The field may be empty."""
    some: Script = lambda asked: (  # noqa: E731 - one case of the script
        Answer([*rows(*range(1, 9), company={"id": 5}), *rows(9, 10, 11, 12)])
        if asked.query.get("fields") == "id,company"
        else healthy(asked)
    )
    with scripted(some) as (connector, _):
        assert found(connector) == []


def test_an_empty_kind_is_pointed_out() -> None:
    """Lists are shortened without a word by the level My (api/connectwise.md 2)."""
    empty: Script = lambda asked: (  # noqa: E731 - one case of the script
        Answer({"count": 0}) if asked.path == "/company/configurations/count" else healthy(asked)
    )
    with scripted(empty) as (connector, _):
        assert found(connector) == [("warn", "B210")]


def test_a_server_that_filters_times_wrongly_is_an_error_and_the_rest_is_still_tried() -> None:
    """The check goes on to the references."""
    ignoring: Script = lambda asked: healthy(Asked(asked.path, {**asked.query, "conditions": ""}, {}))  # noqa: E731
    with scripted(ignoring) as (connector, _):
        assert found(connector) == [("error", "B205")]
