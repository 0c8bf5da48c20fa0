"""Point 8: pages, by number and forward only."""

import re
from typing import Any

import httpx
import pytest

from tests.simulators.connectwise.psa import FORWARD, Psa

CONFIGURATIONS = "company/configurations"


def _links(answer: httpx.Response) -> dict[str, str]:
    return {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers["link"])}


def _pages(answer: httpx.Response) -> dict[str, str]:
    return {rel: url.rsplit("page=", 1)[1] for rel, url in _links(answer).items()}


def test_point_08_a_page_has_25(psa: Psa) -> None:
    """Unless a size is asked for."""
    assert len(psa.read(CONFIGURATIONS)) == 25
    assert len(psa.read(CONFIGURATIONS, pageSize="")) == 25
    assert len(psa.read(CONFIGURATIONS, pageSize=7)) == 7


@pytest.mark.parametrize("size", [999, 1000, 1001, 50000])
def test_point_08_large_pages_are_cut_silently(psa: Psa, size: int) -> None:
    """Never refused."""
    assert len(psa.read(CONFIGURATIONS, pageSize=size)) == 30


@pytest.mark.parametrize(
    ("page", "pages"),
    [
        (1, {"next": "2", "last": "4"}),
        (2, {"first": "1", "prev": "1", "next": "3", "last": "4"}),
        (3, {"first": "1", "prev": "2", "next": "4", "last": "4"}),
        (4, {"first": "1", "prev": "3"}),
    ],
)
def test_point_08_links_between_pages(psa: Psa, page: int, pages: dict[str, str]) -> None:
    """`next` and `prev` are absent at the ends."""
    assert _pages(psa.get(CONFIGURATIONS, pageSize=8, page=page)) == pages


def test_point_08_the_form_of_a_link(psa: Psa) -> None:
    """Host and codebase as the server sees them, the query echoed in lower-case codes, `page` last."""
    conditions = "LastUpdated >= [2026-05-01T09:30:00Z]"

    answer = psa.get(CONFIGURATIONS, conditions=conditions, page=1, pageSize=20)

    root = f"{psa.simulator.url}/v2025_1/apis/3.0/company/configurations/"
    assert answer.headers["link"] == (
        f'<{root}?conditions=LastUpdated+%3e%3d+%5b2026-05-01T09%3a30%3a00Z%5d&pageSize=20&page=2>; rel="next", '
        f'<{root}?conditions=LastUpdated+%3e%3d+%5b2026-05-01T09%3a30%3a00Z%5d&pageSize=20&page=2>; rel="last"'
    )


def test_point_08_links_can_be_followed(psa: Psa) -> None:
    """To the last record, once each."""
    seen: list[int] = []
    answer = psa.get(CONFIGURATIONS, pageSize=7, conditions='name contains "-" and id!=4002', orderBy="name desc")
    while True:
        seen.extend(record["id"] for record in answer.json())
        following = _links(answer).get("next")
        if following is None:
            break
        answer = psa.http.get(following)

    assert len(seen) == 29
    assert seen == psa.ids(CONFIGURATIONS, conditions="id != 4002", orderBy="name desc")


def test_point_08_a_single_page_has_no_link(psa: Psa) -> None:
    """Clients then ask for page 2 and need an empty list."""
    first = psa.get(CONFIGURATIONS, pageSize=30)
    second = psa.get(CONFIGURATIONS, pageSize=30, page=2)

    assert "link" not in first.headers
    assert (second.status_code, second.json()) == (200, [])


@pytest.mark.parametrize("page", [5, 6, 1000])
def test_point_08_past_the_end_is_empty(psa: Psa, page: int) -> None:
    """200 with `[]`, no next."""
    answer = psa.get(CONFIGURATIONS, pageSize=8, page=page)

    assert (answer.status_code, answer.json()) == (200, [])
    assert "next" not in _links(answer)


@pytest.mark.parametrize("size", [1, 4, 7, 10, 15, 29, 30, 31, 1000])
def test_point_08_any_size_yields_the_same_records(psa: Psa, size: int) -> None:
    """Forward only: pageId is the last id seen, the header is empty on the last page."""
    seen: list[int] = []
    parameters: dict[str, Any] = {"pageSize": size}
    while True:
        answer = psa.get(CONFIGURATIONS, FORWARD, **parameters)
        seen.extend(record["id"] for record in answer.json())
        if not answer.headers["link"]:
            break
        link = _links(answer)["next"]
        assert link.endswith(f"&pageId={seen[-1]}")
        parameters["pageId"] = seen[-1]

    assert seen == [4000 + number for number in range(1, 31)]


def test_point_08_forward_only_keeps_the_conditions(psa: Psa) -> None:
    """`id > pageId` comes on top of them; `page` is ignored."""
    answer = psa.get(CONFIGURATIONS, FORWARD, conditions="company/id=311", pageId=4010, pageSize=3, page=9)

    assert [record["id"] for record in answer.json()] == [4011, 4013, 4015]
    assert _links(answer) == {
        "next": f"{psa.simulator.url}/v2025_1/apis/3.0/company/configurations/"
        "?conditions=company%2fid%3d311&pageSize=3&pageId=4015"
    }


def test_point_08_forward_only_with_nothing_to_show(psa: Psa) -> None:
    """The header is there, and empty."""
    answer = psa.get(CONFIGURATIONS, FORWARD, pageId=999999)

    assert answer.json() == []
    assert answer.headers["link"] == ""


def test_point_08_forward_only_takes_no_order(psa: Psa) -> None:
    """It is always by id."""
    answer = psa.get(CONFIGURATIONS, {"Pagination-Type": "Forward-Only"}, orderBy="id asc")

    assert answer.status_code == 400


def test_point_08_page_id_alone_means_nothing(psa: Psa) -> None:
    """Without the header it is an unknown parameter."""
    assert psa.ids(CONFIGURATIONS, pageId=4029, pageSize=2) == [4001, 4002]


def test_point_08_pages_that_are_no_numbers(psa: Psa) -> None:
    """They are refused; a page or a size below 1 is the default."""
    assert psa.get(CONFIGURATIONS, page="x").status_code == 400
    assert psa.get(CONFIGURATIONS, pageSize="many").status_code == 400
    assert psa.ids(CONFIGURATIONS, page=0, pageSize=2) == [4001, 4002]
    assert len(psa.read(CONFIGURATIONS, pageSize=0)) == 25


def test_point_08_links_of_nested_lists(psa: Psa) -> None:
    """The path is echoed with its ids."""
    answer = psa.get("company/configurations/types/7/questions", pageSize=2)

    assert "/company/configurations/types/7/questions/?pageSize=2&page=2>" in answer.headers["link"]


def test_the_log_counts_rows(psa: Psa) -> None:
    """The control API shows what a request was and how many records it got."""
    psa.simulator.control.delete("/requests")
    psa.get(CONFIGURATIONS, pageSize=8, page=4)

    (entry,) = psa.simulator.get("/requests")

    assert (entry["method"], entry["status"], entry["rows"]) == ("GET", 200, 6)
    assert entry["key"] == "acme+pubKx7Qw2LmN9aTz"
    assert entry["path"] == "/v4_6_release/apis/3.0/company/configurations"
