"""Point 13: the delay between a deletion and the disappearance."""

from typing import Any

import pytest

from tests.simulators.connectwise.psa import Psa

COMPANIES = "company/companies"
CONFIGURATIONS = "company/configurations"


def _company(psa: Psa, name: str, **fields: Any) -> int:
    number: int = psa.simulator.person("POST", COMPANIES, {"name": name, **fields})["id"]
    return number


def _configuration(psa: Psa, name: str, company: int, **fields: Any) -> int:
    body = {"name": name, "type": {"id": 7}, "company": {"id": company}, **fields}
    number: int = psa.simulator.person("POST", CONFIGURATIONS, body)["id"]
    return number


def test_point_13_a_deleted_record_answers_for_a_while(own: Psa) -> None:
    """Until the lag has passed, so that a `deleted` message can come first."""
    own.simulator.set(delete_lag_seconds=30)
    number = _configuration(own, "lagging", 311)
    path = f"{CONFIGURATIONS}/{number}"

    own.simulator.person("DELETE", path)
    own.simulator.advance(29)
    during = own.get(path).status_code, own.ids(CONFIGURATIONS, conditions=f"id={number}")
    again = own.simulator.control.delete(f"/records/{path}").status_code
    own.simulator.advance(1)

    assert during == (200, [number])
    assert again == 404
    assert own.get(path).status_code == 404


@pytest.mark.parametrize("lag_of_the_parent", [0, 60])
def test_point_13_what_lies_below_a_deleted_record_goes_once(own: Psa, lag_of_the_parent: float) -> None:
    """A site and its company, each in its own delete lag: neither stops the clock."""
    company = _company(own, f"Going {lag_of_the_parent}")
    site = own.simulator.person("POST", f"company/companies/{company}/sites", {"name": "HQ"})["id"]
    own.simulator.person("PATCH", f"company/companies/{company}", {"site": None})
    own.simulator.person("DELETE", f"company/companies/{company}")

    own.simulator.set(delete_lag_seconds=lag_of_the_parent)
    own.simulator.person("DELETE", f"company/companies/{company}")
    assert own.get(f"company/companies/{company}").status_code == (200 if lag_of_the_parent else 404)
    if lag_of_the_parent:
        own.simulator.person("DELETE", f"company/companies/{company}/sites/{site}")
    own.simulator.advance(61)

    assert own.get(f"company/companies/{company}").status_code == 404
    own.simulator.set(delete_lag_seconds=0)
