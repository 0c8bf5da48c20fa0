"""Lists: pages, filters, order, side-loads; point 14 of the reference's checklist."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.simulators.itglue.account import Account, document, error, unique
from tests.simulators.running import Running

Pages = Callable[[Account, str], list[str]]


def _follow_links(account: Account, path: str) -> list[str]:
    found, url = [], path
    while url:
        body = account.get(url).json()
        found += [row["id"] for row in body["data"]]
        url = body["links"]["next"]
    return found


def _follow_meta(account: Account, path: str) -> list[str]:
    found, number = [], 1
    while number:
        body = account.get(f"{path}&page[number]={number}").json()
        found += [row["id"] for row in body["data"]]
        number = body["meta"]["next-page"]
    return found


def _count_pages(account: Account, path: str) -> list[str]:
    total = account.get(path).json()["meta"]["total-pages"]
    return [row["id"] for number in range(1, total + 1) for row in account.rows(f"{path}&page[number]={number}")]


def _until_short(account: Account, path: str) -> list[str]:
    found: list[str] = []
    for number in range(1, 100):
        rows = account.rows(f"{path}&page[number]={number}")
        found += [row["id"] for row in rows]
        if len(rows) < 40:
            break
    return found


@pytest.mark.parametrize("pages", [_follow_links, _follow_meta, _count_pages, _until_short])
def test_every_way_of_paging_ends_and_sees_each_record_once(account: Account, pages: Pages) -> None:
    """By links, by meta, by the count of pages, by a short page."""
    found = pages(account, "/countries?page[size]=40&sort=name")

    assert len(found) == len(set(found)) == 249


def test_a_page_describes_itself(simulator: Running, account: Account) -> None:
    """`meta` and `links` have the documented members, with absolute links on the simulator's own host."""
    body = account.get("/countries?page[size]=100&page[number]=2&sort=id").json()

    root = f"{simulator.url}/countries?page%5Bnumber%5D="
    assert body["meta"] == {
        "current-page": 2,
        "next-page": 3,
        "prev-page": 1,
        "total-pages": 3,
        "total-count": 249,
        "filters": {},
    }
    assert body["links"] == {
        "self": f"{root}2&page%5Bsize%5D=100&sort=id",
        "first": f"{root}1&page%5Bsize%5D=100&sort=id",
        "prev": f"{root}1&page%5Bsize%5D=100&sort=id",
        "next": f"{root}3&page%5Bsize%5D=100&sort=id",
        "last": f"{root}3&page%5Bsize%5D=100&sort=id",
    }
    assert {type(row["id"]) for row in body["data"]} == {str}
    assert {row["type"] for row in body["data"]} == {"countries"}


def test_the_first_page_has_no_previous_and_the_last_no_next(account: Account) -> None:
    """Both are null, not absent."""
    body = account.get("/platforms").json()

    assert (body["meta"]["prev-page"], body["links"]["prev"]) == (None, None)
    assert (body["meta"]["next-page"], body["links"]["next"]) == (None, None)


def test_a_page_beyond_the_end_is_empty(account: Account) -> None:
    """It is a 200 with no rows."""
    body = account.get("/platforms?page[number]=9").json()

    assert (body["data"], body["meta"]["next-page"], body["links"]["next"]) == ([], None, None)


def test_an_empty_result_has_no_pages(account: Account) -> None:
    """`total-pages` and `total-count` are 0."""
    body = account.get("/countries?filter[name]=Nowhere").json()

    assert (body["data"], body["meta"]["total-pages"], body["meta"]["total-count"]) == ([], 0, 0)


def test_point_13_the_page_size_is_50_and_at_most_1000(account: Account) -> None:
    """A larger size is clamped without an error."""
    assert len(account.rows("/countries")) == 50
    assert "page%5Bsize%5D=1000" in account.get("/countries?page[size]=9999").json()["links"]["self"]


@pytest.mark.parametrize("query", ["page[size]=many", "page[number]=0", "page[number]=x"])
def test_a_page_that_is_no_number_is_400(account: Account, query: str) -> None:
    """Parameters of the wrong kind are refused."""
    assert account.get(f"/countries?{query}").status_code == 400


def test_a_repeated_parameter_is_refused(account: Account) -> None:
    """The refusal's status is a word."""
    answer = account.get("/countries?filter[name]=Peru&filter[name]=Chad")

    assert answer.status_code == 422
    assert answer.json() == {
        "errors": [
            {
                "status": "unprocessable_entity",
                "title": "Duplicate Parameters Specified",
                "source": {"pointer": "data"},
            }
        ]
    }


def test_point_14_names_are_exact_and_case_sensitive(account: Account) -> None:
    """Neither case, nor a part, nor a wildcard matches."""
    name = unique("Lumen Bakery")
    account.create("/organizations", name=name)

    assert account.names(f"/organizations?filter[name]={name}") == [name]
    for other in (name.lower(), name[:-1], f"{name}*", f" {name}%20", "Lumen%25"):
        assert account.names(f"/organizations?filter[name]={other}") == []


def test_point_14_a_comma_means_or_and_can_be_escaped(account: Account) -> None:
    """An escaped comma is part of a name."""
    plain, comma = unique("Plain"), unique("Sons, Inc.")
    for name in (plain, comma):
        account.create("/organizations", name=name)

    escaped = quote(comma.replace(",", "\\,"))
    assert account.names(f"/organizations?filter[name]={escaped}") == [comma]
    assert account.names(f"/organizations?filter[name]={quote(comma)}") == []
    assert account.names(f"/organizations?filter[name]={plain},{escaped}&sort=id") == [plain, comma]


def test_point_14_filters_do_nothing_on_a_nested_route(account: Account) -> None:
    """The whole list comes back, even for a filter that does not exist."""
    names = [account.configuration()["attributes"]["name"] for _ in range(2)]
    path = f"/organizations/{account.organization}/relationships/configurations"

    assert account.names(f"{path}?filter[name]={names[0]}&filter[nonsense]=1&sort=id") == names


def test_point_14_quick_notes_are_cut_in_lists(account: Account) -> None:
    """Only the single read has all of it."""
    notes = "x" * 300
    name = unique("Org")
    record = account.create("/organizations", name=name, **{"quick-notes": notes})["id"]

    listed = account.rows(f"/organizations?filter[name]={name}")[0]["attributes"]["quick-notes"]

    assert listed == notes[:250]
    assert account.get(f"/organizations/{record}").json()["data"]["attributes"]["quick-notes"] == notes


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("serial_number", "SN-1"), ("asset-tag", "AT-1"), ("mac_address", "AA-BB-CC-00-11-22")],
)
def test_configurations_are_found_by_exact_values(account: Account, attribute: str, value: str) -> None:
    """A filter is spelled with dashes or underscores; the MAC's separator counts."""
    record = account.configuration(**{attribute: value})["id"]
    other = value.replace("-", ":")

    for spelled in (attribute, attribute.replace("_", "-"), attribute.replace("-", "_")):
        rows = account.rows(f"/configurations?filter[{spelled}]={value}&filter[organization_id]={account.organization}")
        assert [row["id"] for row in rows] == [record]
    assert account.rows(f"/configurations?filter[{attribute}]={other}") == []


def test_different_filters_combine(account: Account) -> None:
    """Keys are joined by AND, values by OR."""
    first, second, third = (account.configuration(archived=flag)["id"] for flag in (False, True, True))

    rows = account.rows(f"/configurations?filter[id]={first},{second}&filter[archived]=true")
    live = account.rows(f"/configurations?filter[organization_id]={account.organization}&filter[archived]=0")
    both = account.rows(f"/configurations?filter[organization_id]={account.organization}&sort=id")

    assert [row["id"] for row in rows] == [second]
    assert [row["id"] for row in live] == [first]
    assert [row["id"] for row in both] == [first, second, third]


@pytest.mark.parametrize("path", ["/configurations?filter[hostname]=x", "/configurations?sort=hostname"])
def test_an_unknown_filter_or_sort_word_follows_the_switch(simulator: Running, account: Account, path: str) -> None:
    """`refuse` is 400; `ignore` answers everything."""
    name = account.configuration()["attributes"]["name"]
    assert account.get(path).status_code == 400

    simulator.set(unknown_filter="ignore")

    assert name in account.names(f"{path}&page[size]=1000")


def test_a_filter_of_the_wrong_kind_is_400(account: Account) -> None:
    """An id that is no number, a boolean that is none."""
    assert account.get("/configurations?filter[organization_id]=x").status_code == 400
    assert account.get("/configurations?filter[archived]=maybe").status_code == 400
    assert account.get("/organizations?filter[updated_at]=yesterday").status_code == 400


def test_organizations_are_found_by_a_range_of_time(simulator: Running, account: Account) -> None:
    """Both ends count, `*` is open, and a date alone is its midnight."""
    simulator.advance(5)
    first = account.create("/organizations", name=unique("Org"))
    simulator.advance(5)
    second = account.create("/organizations", name=unique("Org"))
    since, until = first["attributes"]["created-at"], second["attributes"]["created-at"]
    day = until[:10]

    def found(values: str) -> list[str]:
        return [row["id"] for row in account.rows(f"/organizations?filter[created_at]={values}&sort=id")]

    assert found(f"{since},{until}") == [first["id"], second["id"]]
    assert found(f"{until},*") == [second["id"]]
    assert found(f"{since[:19]}Z,{since[:19]}Z") == [first["id"]]
    assert found(f"*,{day}") == []
    assert second["id"] in found(f"{day},*")


def test_organizations_can_be_excluded_and_ranged(simulator: Running, account: Account) -> None:
    """`filter[exclude]` negates, `filter[range]` takes numbers with open ends."""
    names = [unique("Ranged") for _ in range(3)]
    for number, name in enumerate(names, 701):
        simulator.person("POST", "organizations", {"attributes": {"name": name, "my-glue-account-id": number}})

    ranged = account.names("/organizations?filter[range][my_glue_account_id]=702,*&sort=id")
    without = account.names(f"/organizations?filter[exclude][name]={names[0]}&page[size]=1000")

    assert ranged == names[1:]
    assert names[0] not in without
    assert names[1] in without
    assert account.get("/configurations?filter[exclude][id]=1").status_code == 400


def test_lists_are_sorted_by_several_keys(account: Account) -> None:
    """A leading dash turns the order; keys are separated by commas, spelled either way."""
    records = [account.configuration(name=name)["id"] for name in ("b", "a", "b")]
    path = f"/organizations/{account.organization}/relationships/configurations"

    def found(sort: str) -> list[str]:
        return [row["id"] for row in account.rows(f"{path}?sort={sort}")]

    assert found("name,-id") == [records[1], records[2], records[0]]
    assert found("-name,id") == [records[0], records[2], records[1]]
    assert found("-id") == records[::-1]
    assert found("created-at") == found("created_at") == records


def test_organizations_are_sorted_by_the_name_of_their_type(account: Account) -> None:
    """The twin of an id can be a sort key; records without one come last."""
    types = [account.create("/organization_types", name=unique(word))["id"] for word in ("Zeta", "Alpha")]
    mark = unique("Sorted")
    names = [f"{mark} {position}" for position in range(3)]
    for name, kind in zip(names, [*types, None], strict=True):
        account.create("/organizations", name=name, **({"organization-type-id": kind} if kind else {}))

    wanted = ",".join(names)
    assert account.names(f"/organizations?filter[name]={wanted}&sort=organization_type_name") == [
        names[1],
        names[0],
        names[2],
    ]


def test_without_a_sort_the_order_is_that_of_the_last_write(account: Account) -> None:
    """No order is documented: pages shift under a reader who does not sort."""
    first, second = account.configuration()["id"], account.configuration()["id"]
    path = f"/organizations/{account.organization}/relationships/configurations"

    account.patch(f"/configurations/{first}", notes="touched")

    assert [row["id"] for row in account.rows(path)] == [second, first]


def test_includes_are_side_loaded(simulator: Running, account: Account) -> None:
    """Known words bring a relationship on each record; unknown ones are ignored, dashes are as good as underscores."""
    record = account.configuration(**{"primary-ip": "10.0.0.1"})["id"]
    words = "configuration-interfaces,adapters_resources,contact_methods,recent_versions"

    body = account.get(f"/configurations?filter[id]={record}&include={words}").json()

    relationships = body["data"][0]["relationships"]
    assert set(relationships) == {"configuration-interfaces", "adapters-resources", "recent-versions"}
    assert relationships["adapters-resources"] == {"data": []}
    [interface] = body["included"]
    assert relationships["configuration-interfaces"]["data"] == [{"id": interface["id"], "type": interface["type"]}]
    assert interface["type"] == "configuration-interfaces"
    assert account.get(f"/configurations/{record}/?include=configuration_interfaces").json()["included"] == [interface]
    assert "included" not in account.get(f"/configurations/{record}").json()


def test_regions_are_listed_below_their_country(account: Account) -> None:
    """Countries and regions are fixed; a region knows its country."""
    [canada] = account.rows("/countries?filter[iso]=CA")
    path = f"/countries/{canada['id']}/relationships/regions"

    assert "Ontario" in account.names(path)
    assert account.names(f"/regions?filter[country_id]={canada['id']}&sort=name") == sorted(account.names(path))
    assert canada["attributes"]["name"] == "Canada"


def test_models_are_listed_below_their_manufacturer_and_have_no_name_filter(account: Account) -> None:
    """The only filter is the id."""
    maker = account.create("/manufacturers", name=unique("Maker"))["id"]
    rows = [document("models", {"name": name})["data"] for name in ("M1", "M2")]
    path = f"/manufacturers/{maker}/relationships/models"
    created = account.send("POST", path, {"data": rows}).json()["data"]

    assert account.names(f"{path}?sort=id") == ["M1", "M2"]
    assert created[0]["attributes"]["manufacturer-id"] == int(maker)
    assert account.get("/models?filter[name]=M1").status_code == 400
    assert account.names(f"/models?filter[id]={created[1]['id']}") == ["M2"]


def test_a_new_record_can_be_missing_from_lists_for_a_while(simulator: Running, account: Account) -> None:
    """The single read is immediate; the list follows after `list_lag_seconds`."""
    simulator.set(list_lag_seconds=60)
    record = account.configuration()["id"]
    path = f"/configurations?filter[organization_id]={account.organization}"

    assert account.get(f"/configurations/{record}").status_code == 200
    assert account.rows(path) == []
    simulator.advance(61)
    assert [row["id"] for row in account.rows(path)] == [record]


@pytest.mark.parametrize(
    "path", ["/expirations", "/logs", "/users", "/groups", "/tickets", "/ssl_certificates", "/flexible_asset_types"]
)
def test_paths_that_are_not_built_answer_the_empty_list(account: Account, path: str) -> None:
    """They exist at the vendor."""
    body = account.get(path).json()

    assert (body["data"], body["meta"]["total-count"]) == ([], 0)
    assert account.get(f"{path}/1").status_code == 404


def test_an_error_names_the_filter(account: Account) -> None:
    """The detail of a 400 says what is wrong."""
    assert "hostname" in error(account.get("/configurations?filter[hostname]=x"))["detail"]
