"""Reading lists from a server that misbehaves (api/connectwise.md 3.4)."""

import logging
from collections.abc import Callable

import pytest

from bridge.errors import AuthError, BridgeError, IncompleteReadError, SideDownError, TransientError
from bridge.records import Absent, Page, Record, Ref
from connectors.connectwise.classify import RefusedError, SlowQueryError
from connectors.connectwise.connector import ConnectWise
from tests.unit.connectwise.scripted import LAST, Answer, Asked, following, rows, scripted

CONFIGURATION = Ref("cw", "configuration", "57")


def everything(connector: ConnectWise) -> list[Page]:
    """Read all configurations as a first poll does."""
    return list(connector.changes("configuration", None, frozenset()))


def ids(pages: list[Page]) -> list[str]:
    """Give the ids of the records, in the order in which they came."""
    return [record.ref.id for page in pages for record in page.records]


def pages_of(pages: dict[str | None, Answer]) -> Callable[[Asked], Answer]:
    """Answer by cursor, None standing for the first page."""
    return lambda asked: pages[asked.query.get("pageId")]


def test_pages_are_asked_for_by_the_last_id_until_an_empty_link() -> None:
    """The host in the Link header is another's; nothing goes there."""
    script = pages_of({None: Answer(rows(3, 5), headers=following(5)), "5": Answer(rows(8), headers=LAST)})

    with scripted(script, page_size=2) as (connector, server):
        pages = everything(connector)

    assert ids(pages) == ["3", "5", "8"]
    assert [page.complete for page in pages] == [False, False, True]
    assert all(asked.headers["pagination-type"] == "forward-only" for asked in server.asked)
    assert not any("orderBy" in asked.query for asked in server.asked)


@pytest.mark.parametrize(
    "second",
    [
        Answer(rows(6, 7), headers=following(5)),
        Answer(rows(6, 7), headers=following(3)),
        Answer(rows(3, 5), headers=following(6)),
        Answer(rows(7, 6), headers=LAST),
        Answer(rows(6, 6), headers=LAST),
        Answer([], headers=following(9)),
    ],
    ids=["same cursor", "lower cursor", "same rows", "falling ids", "doubled id", "empty page that goes on"],
)
def test_a_read_that_does_not_move_on_is_incomplete(second: Answer) -> None:
    """Going on would loop, or skip what lies between."""
    with (
        scripted(pages_of({None: Answer(rows(3, 5), headers=following(5)), "5": second})) as (connector, _),
        pytest.raises(IncompleteReadError),
    ):
        everything(connector)


@pytest.mark.parametrize("headers", [{}, {"Link": '<https://x.test/a?page=2>; rel="next"'}])
def test_an_endpoint_without_forward_only_is_read_by_keyset(headers: dict[str, str]) -> None:
    """Without forward-only the order is not known, so the page is thrown away and ids are asked for in order."""

    def script(asked: Asked) -> Answer:
        if "pagination-type" in asked.headers:
            return Answer(rows(8, 3), headers=headers)
        assert asked.query["orderBy"] == "id asc"
        after = asked.query.get("conditions", "id>0").rpartition(">")[2]
        return Answer([row for row in rows(3, 5, 8) if row["id"] > int(after)][:2], headers=headers)

    with scripted(script, page_size=2) as (connector, server):
        first, second = everything(connector), everything(connector)

    assert ids(first) == ids(second) == ["3", "5", "8"]
    assert sum("pagination-type" in asked.headers for asked in server.asked) == 1


def test_a_keyset_read_ends_with_an_empty_page_only() -> None:
    """A short page proves nothing: a server may cut pages below what was asked for."""

    def script(asked: Asked) -> Answer:
        after = int(asked.query.get("conditions", "id>0").rpartition(">")[2])
        return Answer([row for row in rows(1, 2, 3) if row["id"] > after][:1])

    with scripted(script) as (connector, _):
        assert ids(everything(connector)) == ["1", "2", "3"]


def test_pages_shrink_while_a_query_is_too_slow() -> None:
    """A timeout comes as 500 with the word in its text (api/connectwise.md 4)."""

    def script(asked: Asked) -> Answer:
        if int(asked.query["pageSize"]) > 300:
            return Answer.sample("timeout.500")
        return Answer(rows(1, 2), headers=LAST)

    with scripted(script) as (connector, server):
        assert ids(everything(connector)) == ["1", "2"]

    assert [asked.query["pageSize"] for asked in server.asked] == ["1000", "500", "250"]


def test_a_query_that_is_too_slow_for_the_smallest_page_is_an_error() -> None:
    """It is tried a few times, not forever."""
    with scripted(lambda _: Answer.sample("timeout.500")) as (connector, server), pytest.raises(SlowQueryError):
        everything(connector)

    assert len(server.asked) == 6


@pytest.mark.parametrize("name", ["not_found.404", "no_endpoint.404", "html.404"])
def test_a_404_on_a_list_never_means_empty(name: str) -> None:
    """On cloud, wrong keys can look like 404."""
    with scripted(lambda _: Answer.sample(name)) as (connector, _), pytest.raises(AuthError):
        everything(connector)


def test_absent_is_only_what_the_server_says_of_the_record_itself() -> None:
    """An HTML page or a missing endpoint says nothing about a record."""
    for name in ("no_endpoint.404", "html.404", "cannot_route.400", "no_permission.403", "html.503"):
        sample = Answer(b"<html/>", 503, {"Content-Type": "text/html"}) if name == "html.503" else Answer.sample(name)
        with scripted(lambda _, sample=sample: sample) as (connector, _), pytest.raises(BridgeError):  # type: ignore[misc]  # bound early
            connector.fetch(CONFIGURATION)

    with scripted(lambda _: Answer.sample("not_found.404")) as (connector, _):
        assert connector.fetch(CONFIGURATION) == Absent(CONFIGURATION)


def test_an_answer_about_another_record_is_no_answer() -> None:
    """A proxy that mixes answers up must not mix customers up."""
    with scripted(lambda _: Answer(rows(58)[0])) as (connector, _), pytest.raises(TransientError):
        connector.fetch(CONFIGURATION)


@pytest.mark.parametrize("stale", ["no_endpoint.404", "html.404", "cannot_route.400", "not_found.404"])
def test_after_an_upgrade_the_codebase_is_read_once_more(stale: str) -> None:
    """A pinned codebase goes stale; company info names the one that counts (api/connectwise.md 1)."""
    with scripted(lambda _: Answer(rows(1), headers=LAST)) as (connector, server):
        everything(connector)
        upgraded: list[str] = []

        def script(asked: Asked) -> Answer:
            upgraded.append(asked.path)
            return Answer.sample(stale) if len(upgraded) == 1 else Answer(rows(1), headers=LAST)

        server.script = script
        server.info = {**server.info, "Codebase": "v2026_2/"}

        assert ids(everything(connector)) == ["1"]
        assert server.informed == 2


def test_a_codebase_that_did_not_move_is_asked_for_once_and_the_error_stands() -> None:
    """No loop between a broken path and company info."""
    with scripted(lambda _: Answer.sample("html.404")) as (connector, server), pytest.raises(RefusedError) as caught:
        everything(connector)

    assert caught.value.code == "B208"
    assert server.informed == 2
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("info", "code"),
    [(None, "B208"), (Answer.sample("html.404"), "B208"), (Answer.sample("not_found.404"), "B208")],
)
def test_an_unknown_company_is_named(info: object, code: str) -> None:
    """Company info says `null` with 200, or 404."""
    with scripted(lambda _: Answer()) as (connector, server):
        server.info = info

        with pytest.raises(RefusedError) as caught:
            everything(connector)

    assert caught.value.code == code
    assert "acme" in str(caught.value)


def test_company_info_is_asked_without_credentials() -> None:
    """It needs none, and may stand on another host than the API."""
    with scripted(lambda _: Answer(rows(1), headers=LAST)) as (connector, server):
        server.info = Answer({"Codebase": "../../evil"})
        with pytest.raises(TransientError, match="without a codebase"):
            everything(connector)

        assert server.asked == []


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (Answer(b"<html>maintenance</html>", headers={"Content-Type": "text/html"}), SideDownError),
        (Answer(b"  <!DOCTYPE html>"), SideDownError),
        (Answer(b'[{"id": 1'), TransientError),
        (Answer(b""), TransientError),
        (Answer(None), TransientError),
        (Answer({"message": "ok"}), TransientError),
        (Answer([{"name": "no id"}]), TransientError),
        (Answer([None]), TransientError),
    ],
)
def test_a_200_that_is_no_list_is_an_error(given: Answer, kind: type[BridgeError]) -> None:
    """A login page or half a body with 200 must not read as "nothing there"."""
    with scripted(lambda _: given) as (connector, _), pytest.raises(BridgeError) as caught:
        everything(connector)

    assert type(caught.value) is kind


def test_a_server_that_echoes_our_secrets_does_not_put_them_into_errors(caplog: pytest.LogCaptureFixture) -> None:
    """Debug pages of proxies repeat request headers."""
    caplog.set_level(logging.DEBUG)

    def script(asked: Asked) -> Answer:
        return Answer({"code": "Unauthorized", "message": f"{dict(asked.headers)} pub-secret priv-secret"}, 401)

    with scripted(script) as (connector, server), pytest.raises(RefusedError) as caught:
        everything(connector)

    sent = server.asked[0].headers
    for secret in ("pub-secret", "priv-secret", "cid-secret", sent["authorization"].removeprefix("Basic ")):
        assert secret not in str(caught.value)
        assert secret not in repr(connector)
        assert secret not in caplog.text


def counted(before: int, after: int, *, newest: int, seen: tuple[int, ...]) -> Callable[[Asked], Answer]:
    """Answer a snapshot: the counts before and after, the highest id at the begin, the ids on the page."""
    counts = iter((before, after))

    def script(asked: Asked) -> Answer:
        if asked.path.endswith("/count"):
            assert asked.query["conditions"] == f"id<={newest}"
            return Answer({"count": next(counts)})
        if asked.query.get("orderBy") == "id desc":
            return Answer(rows(newest))
        return Answer(rows(*seen), headers=LAST)

    return script


@pytest.mark.parametrize("ids_only", [True, False])
def test_a_snapshot_is_complete_where_the_count_agrees(ids_only: bool) -> None:
    """What was made during the read has a higher id and does not disturb the proof."""
    with scripted(counted(3, 3, newest=5, seen=(1, 3, 5, 6, 7))) as (connector, _):
        pages = list(connector.snapshot("configuration", frozenset(), ids_only=ids_only))

    assert [ref.id for page in pages for ref in page.present] == ["1", "3", "5", "6", "7"]
    assert ids(pages) == ([] if ids_only else ["1", "3", "5", "6", "7"])
    assert [page.complete for page in pages] == [False, True]


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [(3, 3, (1, 5)), (3, 2, (1, 5)), (2, 2, (1, 3, 5)), (3, 4, (1, 3, 5)), (3, 3, (1, 5, 6))],
    ids=["one missed", "one deleted meanwhile", "one too many", "one came to light", "a new one hides a missed one"],
)
def test_a_snapshot_whose_count_differs_is_incomplete(before: int, after: int, seen: tuple[int, ...]) -> None:
    """What cannot be proven is not claimed, even where the likely reason is harmless."""
    with (
        scripted(counted(before, after, newest=5, seen=seen)) as (connector, _),
        pytest.raises(IncompleteReadError, match="counted"),
    ):
        list(connector.snapshot("configuration", frozenset()))


def test_the_watermark_is_bounded_by_the_largest_stamp_and_by_the_servers_clock() -> None:
    """Five minutes below the lower of both, only on the last page, never below where the read began."""

    def watermark(date: str | None, stamps: list[str], since: str | None = None) -> str | None:
        listed = [{"id": n, "_info": {"lastUpdated": at}} for n, at in enumerate(stamps, 1)]

        def script(asked: Asked) -> Answer:
            found = Answer(listed, headers=LAST if date is None else {**LAST, "Date": date})
            return found if "fields" not in asked.query else Answer([])

        with scripted(script) as (connector, _):
            pages = list(connector.changes("configuration", since, frozenset()))
        assert all(page.watermark is None for page in pages[:-1])
        return pages[-1].watermark

    noon = "Fri, 01 May 2026 12:00:00 GMT"
    early, late = "2026-05-01T09:00:00Z", "2026-05-01T18:00:00Z"

    assert watermark(noon, [late, early]) == "2026-05-01T11:55:00Z"
    assert watermark(noon, [early]) == "2026-05-01T08:55:00Z"
    assert watermark(noon, [early], since="2026-05-01T08:58:00Z") == "2026-05-01T08:58:00Z"
    assert watermark(noon, []) is None
    assert watermark(noon, [], since=early) == early
    assert watermark("nonsense", [late], since=early) == early


def test_reread_asks_for_a_hundred_at_a_time() -> None:
    """Longer lists of ids do not fit into an address (api/connectwise.md 3.5)."""

    def script(asked: Asked) -> Answer:
        listed = asked.query["conditions"].removeprefix("id in (").removesuffix(")").split(",")
        return Answer(rows(*(int(n) for n in listed if n != "13")), headers=LAST)

    with scripted(script) as (connector, server):
        found: list[Record] = list(
            connector.reread([Ref("cw", "configuration", str(n)) for n in (*range(250, 0, -1), 7, 7)])
        )

    assert [record.ref.id for record in found] == [str(n) for n in range(1, 251) if n != 13]
    assert len(server.asked) == 3


def ticket_lists(
    service: list[int], project: list[int], later: tuple[list[int], list[int]] | None = None
) -> Callable[[Asked], Answer]:
    """Answer a snapshot of tickets; once the service tickets are read, the lists are as `later` says."""
    lists = {"service": service, "project": project}

    def script(asked: Asked) -> Answer:
        held = lists[asked.path.split("/")[1]]
        if asked.path.endswith("/count"):
            highest = int(asked.query["conditions"].removeprefix("id<="))
            return Answer({"count": sum(n <= highest for n in held)})
        if asked.query.get("orderBy") == "id desc":
            return Answer(rows(*held[-1:]))
        given = Answer(rows(*held), headers=LAST)
        if later is not None and asked.path == "/service/tickets":
            lists["service"], lists["project"] = later
        return given

    return script


def test_a_snapshot_of_tickets_sees_both_lists() -> None:
    """Service and project tickets have one number space."""
    with scripted(ticket_lists([1, 4], [2, 3])) as (connector, _):
        pages = list(connector.snapshot("ticket", frozenset(), ids_only=True))

    assert {ref.id for page in pages for ref in page.present} == {"1", "2", "3", "4"}
    assert pages[-1].complete
    assert pages[-1].total == 4


@pytest.mark.parametrize(
    "later",
    [([1, 3, 4], [2]), ([4], [1, 2, 3]), ([1, 2, 3, 4], [])],
    ids=["from projects to service", "from service to projects", "all to service"],
)
def test_a_ticket_that_is_converted_while_tickets_are_read_spoils_the_proof(later: tuple[list[int], list[int]]) -> None:
    """It moves from one list to the other, and may be seen in neither."""
    with (
        scripted(ticket_lists([1, 4], [2, 3], later)) as (connector, _),
        pytest.raises(IncompleteReadError, match="tickets"),
    ):
        list(connector.snapshot("ticket", frozenset(), ids_only=True))


def test_a_ticket_is_absent_only_where_neither_list_has_it() -> None:
    """A project ticket is not found among the service tickets."""
    ref = Ref("cw", "ticket", "57")

    def script(asked: Asked) -> Answer:
        return Answer.sample("not_found.404") if asked.path.startswith("/service") else Answer(rows(57)[0])

    with scripted(script) as (connector, server):
        assert isinstance(connector.fetch(ref), Record)
        server.script = lambda _: Answer.sample("not_found.404")
        assert connector.fetch(ref) == Absent(ref)
        server.script = lambda asked: Answer.sample(
            "not_found.404" if asked.path.startswith("/service") else "no_permission.403"
        )
        with pytest.raises(AuthError):
            connector.fetch(ref)


def test_a_converted_ticket_still_gives_its_configurations() -> None:
    """What was read as a service ticket is found below the project tickets."""

    def script(asked: Asked) -> Answer:
        if asked.path == "/project/tickets/57/configurations":
            return Answer([{"id": 9}], headers=LAST)
        return Answer.sample("not_found.404")

    with scripted(script) as (connector, _):
        ticket = connector.normalize("ticket", {**rows(57)[0], "recordType": "ServiceTicket"})
        (found,) = connector.enrich([ticket], frozenset({"configurations"}))

    assert found.words["configurations"] == [{"id": "9", "name": None}]


def test_a_site_of_another_company_is_no_answer() -> None:
    """A proxy that mixes answers up must not move a location; a role that hides the company does not."""
    company = Ref("cw", "organization", "311")
    with (
        scripted(lambda _: Answer(rows(501, company={"id": 312}), headers=LAST)) as (connector, _),
        pytest.raises(TransientError),
    ):
        connector.of_organization("location", company)

    with scripted(lambda _: Answer(rows(501, company={"_info": {}}), headers=LAST)) as (connector, server):
        found = connector.of_organization("location", company)
        assert not isinstance(found, Absent)
        assert found[0].words["organization"]["id"] == "311"
        assert "fields" not in server.asked[0].query
