"""Point 13: what a role hides."""

import pytest

from tests.simulators.connectwise.psa import FORWARD, Psa

CONFIGURATIONS = "company/configurations"


def test_point_13_hidden_types_vanish(psa: Psa) -> None:
    """Their configurations stand in no list and no count, and look deleted; the type stays in its table."""
    psa.simulator.set(role={"hide_types": ["server"]})

    assert psa.ids(CONFIGURATIONS, conditions="id<4007") == [4001, 4002, 4004, 4005]
    assert psa.read(f"{CONFIGURATIONS}/count") == {"count": 20}
    assert [each["id"] for each in psa.read(CONFIGURATIONS, FORWARD, pageSize=3)] == [4001, 4002, 4004]
    assert psa.get(f"{CONFIGURATIONS}/4003").json() == {"code": "NotFound", "message": "Configuration 4003 not found"}
    assert len(psa.read(f"{CONFIGURATIONS}/types")) == 2


def test_point_13_level_my_shortens_lists(psa: Psa) -> None:
    """Silently: a record missing from a list is not proof of deletion, its single GET answers."""
    psa.simulator.set(role={"level": "my"})

    assert psa.ids(CONFIGURATIONS) == [4000 + number for number in range(2, 31, 2)]
    assert psa.ids("company/companies") == [312, 314]
    assert psa.read("company/companies/count") == {"count": 2}
    assert psa.get(f"{CONFIGURATIONS}/4003").status_code == 200
    assert len(psa.ids("company/companies/types")) == 2


def test_point_13_references_can_be_blank(psa: Psa) -> None:
    """A missing permission empties references instead of failing (section 2)."""
    psa.simulator.set(role={"blank_references": True})

    listed = psa.read(CONFIGURATIONS, pageSize=1000)
    assert {str(record["company"]) for record in listed} == {"{}"}
    assert listed[0]["type"]["id"] == 8
    assert psa.read(f"{CONFIGURATIONS}/4001", fields="id,company/id") == {"id": 4001, "company": {}}


@pytest.mark.parametrize(
    ("forbidden", "path", "status"),
    [
        ("company/configurations", "company/configurations", 403),
        ("company/configurations", "company/configurations/4001", 403),
        ("company/configurations", "company/configurations/count", 403),
        ("company/configurations", "company/configurations/types", 200),
        ("company/configurations", "company/companies", 200),
        ("procurement/manufacturers", "procurement/manufacturers", 403),
        ("company/companies/{id}/typeAssociations", "company/companies/311/typeAssociations", 403),
        ("company/companies/311/typeAssociations", "company/companies/311/typeAssociations", 403),
        ("company/companies/312/typeAssociations", "company/companies/311/typeAssociations", 200),
        ("company/contacts", "company/contacts", 403),
        ("system/info", "system/info", 403),
    ],
)
def test_point_13_an_entity_can_be_forbidden(psa: Psa, forbidden: str, path: str, status: int) -> None:
    """A 403 is per endpoint (section 2)."""
    psa.simulator.set(role={"forbidden": [forbidden]})

    answer = psa.get(path)

    assert answer.status_code == status
    if status == 403:
        assert answer.json() == {
            "code": "Security",
            "message": "You do not have security permission to perform this action.",
        }


def test_the_switches_of_the_role_are_checked(psa: Psa) -> None:
    """An unknown word or value is refused."""
    wrong: list[object] = [{"hide": []}, {"level": "some"}, {"forbidden": "x"}, []]
    for role in wrong:
        assert psa.simulator.control.post("/switches", json={"role": role}).status_code == 400
