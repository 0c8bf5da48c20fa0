"""Point 7: the condition language, on real records."""

import pytest

from tests.simulators.connectwise.psa import FORWARD, Psa

CONFIGURATIONS = "company/configurations"
COMPANIES = "company/companies"


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ("id=4007", [7]),
        ("id = 4007", [7]),
        ("(id=4007)", [7]),
        ("id!=4007 and id<4009 and id>=4006", [6, 8]),
        ("id>4028", [29, 30]),
        ("id<=4002", [1, 2]),
        ("id in (4001, 4003,4999)", [1, 3]),
        ("id IN (4001,4003,)", [1, 3]),
        ("id not in (4001,4002) and id < 4004", [3]),
        ("id>-1 and id < 4002", [1]),
        ("id < 4001.5", [1]),
        ('name="SRV-03"', [3]),
        ("name='srv-03'", [3]),
        ('name contains "V-0"', [3, 6, 9]),
        ('name NOT CONTAINS "s-" AND id <= 4006', [3, 6]),
        ('name like "srv-0*"', [3, 6, 9]),
        ('name like "%-09"', [9]),
        ('name like "SRV-09"', [9]),
        ('name like "srv"', []),
        ('name not like "*-0*" and id<4013', [10, 11, 12]),
        ('name > "ws-25" and name <= "ws-29"', [26, 28, 29]),
        ('name in ("srv-03","WS-01")', [1, 3]),
        ("activeFlag=false", [10, 20, 30]),
        ("activeFlag = False and id<4011", [10]),
        ("ActiveFlag != TRUE", [10, 20, 30]),
        ("manufacturer/id=null and id<4004", [1, 2]),
        ("manufacturer/id != NULL and id<4004", [3]),
        ("manufacturer=null and id<4003", [1, 2]),
        ("serialNumber!=null and id=4001", [1]),
        ("modelNumber = null and id=4001", [1]),
        ('company/identifier="acme" and id<4006', [1, 3, 5]),
        ('company/name contains "beta" and id<4006', [2, 4]),
        ("Company/Id = 311 and TYPE/NAME = 'server' and id<4010", [3, 9]),
        ('status/name="Retired"', [10, 20, 30]),
        ("status/id in (2)", [10, 20, 30]),
        ("status/id not in (1,3)", [10, 20, 30]),
        ("id=4001 or id=4002 and id=4003", [1]),
        ("(id=4001 or id=4002) and activeFlag=true", [1, 2]),
        ("((id=4001) Or (id=4005 oR id=4007))", [1, 5, 7]),
        ("lastUpdated>[2026-05-28T12:00:00Z]", [29, 30]),
        ("lastUpdated>=[2026-05-28T12:00:00Z]", [28, 29, 30]),
        ("lastUpdated = [2026-05-28T12:00:00Z]", [28]),
        ("lastUpdated != [2026-05-28T12:00:00Z] and id>4026", [27, 29, 30]),
        ("LastUpdated<[2026-05-02]", [1]),
        ("_info/LastUpdated <= [2026-05-02T12:00:00]", [1, 2]),
        ("lastUpdated>=[2026-05-03] and lastUpdated<[2026-05-05T00:00:00Z]", [3, 4]),
        ("purchaseDate=[2023-03-04]", [4]),
        ("_info/updatedBy='JDOE' and id=4004", [4]),
        ("lastUpdated > [1990-01-01T00:00:00Z] and lastUpdated<[2026-05-03]", [1, 2]),
    ],
)
def test_point_07_conditions_filter(psa: Psa, conditions: str, found: list[int]) -> None:
    """Every operator, literal, path and keyword of section 3.1."""
    assert psa.fits(conditions) == found


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ('name = "Beta [[]UK] Ltd"', [312]),
        ('name like "*[[]uk]*"', [312]),
        ('name = "Gamma \\"G\\" Ltd"', [313]),
        ("name contains '\"G\"'", [313]),
        ('name contains "50%"', [314]),
        ("deletedFlag=true", [314]),
        ("deletedFlag=False", [311, 312, 313]),
        ("parentCompany/id=311", [312]),
        ('parentCompany/identifier="ACME"', [312]),
        ("parentCompany/id=null and deletedFlag=false", [311, 313]),
        ("dateEntered<[2020-01-01] and _info/dateEntered>[2019-01-01]", [311, 312, 313, 314]),
        ('enteredBy="admin1" and id=311', [311]),
        ('integratorTags contains "red"', [313]),
        ('parentCompany/name not like "x*"', [312]),
        ("market/id=null and id=311", [311]),
        ('country/name="United Kingdom"', [311]),
        ("dateDeleted>=[2026-04-01T10:00:00Z]", [314]),
    ],
)
def test_point_07_conditions_on_companies(psa: Psa, conditions: str, found: list[int]) -> None:
    """Escapes, references, flags, stamps."""
    assert psa.ids(COMPANIES, conditions=conditions) == found


def test_point_07_null_fits_only_null(psa: Psa) -> None:
    """As in SQL: a null is neither equal nor unequal to a value, nor outside a list."""
    assert psa.fits("manufacturer/id != 99 and id<4004") == [3]
    assert psa.fits("manufacturer/id not in (99) and id<4004") == [3]
    assert psa.fits('manufacturer/name not contains "x" and id<4004') == [3]


@pytest.mark.parametrize(
    "conditions",
    [
        "lastUpdated>[2026-05-28T12:00:00Z]",
        "lastUpdated>[2026-05-28T12:00:00]",
        "lastUpdated>[2026-05-28T12:00:00.000000]",
        "lastUpdated>[2026-05-28T12:00:00.123456Z]",
        "lastUpdated>[2026-05-28T12:00:00+00:00]",
        "lastUpdated>[2026-05-28T14:00:00+02:00]",
        "lastUpdated>[2026-05-28t12:00:00z]",
        "lastUpdated>=[2026-05-28T12:00:00.000001]",
        "lastUpdated>[2026-05-28T07:30:00-04:30]",
    ],
)
def test_point_07_dates_in_every_form(psa: Psa, conditions: str) -> None:
    """With Z, naive, with an offset, with fractions: all mean UTC."""
    assert psa.fits(conditions) == [29, 30]


def test_point_07_only_naive_dates(psa: Psa) -> None:
    """A value with a zone then finds nothing, silently."""
    psa.simulator.set(datetimes="naive_only")

    assert psa.fits("lastUpdated>[2026-05-28T12:00:00Z]") == []
    assert psa.fits("lastUpdated>[1990-01-01T00:00:00+00:00]") == []
    assert psa.fits("lastUpdated>[2026-05-28T12:00:00]") == [29, 30]
    assert psa.fits("lastUpdated>[2026-05-28T12:00:00.123456]") == [29, 30]


def test_point_07_the_zone_is_ignored(psa: Psa) -> None:
    """A value with a zone is read in the server's zone, which is four hours behind in May."""
    psa.simulator.set(datetimes="zone_ignored")

    assert psa.fits("lastUpdated=[2026-05-28T08:00:00Z]") == [28]
    assert psa.fits("lastUpdated=[2026-05-28T08:00:00+05:00]") == [28]
    assert psa.fits("lastUpdated=[2026-05-28T12:00:00]") == [28]
    assert psa.fits("lastUpdated=[2026-05-28T12:00:00Z]") == []


def test_point_07_today_finds_nothing_but_yesterday_works(psa: Psa) -> None:
    """As an installation of 2026.3 is reported."""
    assert psa.fits("purchaseDate<[today]") == []
    assert psa.fits("purchaseDate<[yesterday] and id=4001") == [1]


@pytest.mark.parametrize(
    ("path", "conditions", "message"),
    [
        (COMPANIES, "colour=1", "colour is not a recognized name."),
        (COMPANIES, 'types/name="Client"', "types/name is not a recognized name."),
        (COMPANIES, "inactiveFlag=false", "inactiveFlag is not a recognized name."),
        (CONFIGURATIONS, "questions/questionId=71", "questions/questionId is not a recognized name."),
        (CONFIGURATIONS, 'customFields/value="R12"', "customFields/value is not a recognized name."),
        (CONFIGURATIONS, "company/colour=1", "company/colour is not a recognized name."),
        (CONFIGURATIONS, "company/status/name='Active'", "company/status/name is not a recognized name."),
        ("company/configurations/statuses", 'name="Active"', "name is not a recognized name."),
    ],
)
def test_point_07_unknown_names_are_refused(psa: Psa, path: str, conditions: str, message: str) -> None:
    """400 ApiFindCondition; a collection inside the record is no name either."""
    assert psa.refusal(path, conditions=conditions) == message


@pytest.mark.parametrize(
    ("path", "conditions", "words"),
    [
        (COMPANIES, "deletedFlag=1", "Expected a boolean value, not a numeric. String values should be enclosed"),
        (COMPANIES, 'deletedFlag="true"', "Expected a boolean value, not a string."),
        (COMPANIES, 'id="311"', "Expected a numeric value, not a string."),
        (COMPANIES, "name=311", "Expected a string value, not a numeric."),
        (COMPANIES, "name=Acme", "String values should be enclosed"),
        (COMPANIES, 'lastUpdated>"2026-05-01"', "Expected a datetime value, not a string."),
        (COMPANIES, "name=[2026-05-01]", "Expected a string value, not a datetime."),
        (COMPANIES, "id in (1,'2')", "Expected a numeric value, not a string."),
        ("company/configurations/types/7/questions", 'fieldType="Colour"', "Enum value supplied was invalid"),
    ],
)
def test_point_07_wrong_literals_are_refused(psa: Psa, path: str, conditions: str, words: str) -> None:
    """The type of the literal has to be the field's."""
    assert words in psa.refusal(path, conditions=conditions)


def test_point_07_enum_literals(psa: Psa) -> None:
    """A right one finds, in any case."""
    assert psa.ids("company/configurations/types/7/questions", conditions='fieldType="password"') == [72]


@pytest.mark.parametrize(
    "conditions",
    [
        "id",
        "id=",
        "=1",
        "id==1",
        "id<>1",
        "id=1 and",
        "and id=1",
        "id=1 id=2",
        "(id=1",
        "id=1)",
        "not (id=1)",
        "not id=1",
        "id not = 1",
        "id in 1",
        "id in ()",
        "id in (1,,2)",
        "id in (1 2)",
        'name="open',
        "lastUpdated>[2026-05-01",
        "lastUpdated>[yesterdays]",
        "lastUpdated>[2026-13-01]",
        "lastUpdated>[2026-05-01T09:30:00 00:00]",
        "lastUpdated>2026-05-01",
        "id=1.2.3",
        "id > null",
        "id in (1,null)",
        'id like "4*"',
        "id contains 4",
        "deletedFlag>true",
        "company=311",
        "name;drop",
        'name="a [b] c"',
        "{id=1}",
        "(" * 500 + "id=1" + ")" * 500,
    ],
)
def test_point_07_what_is_no_condition_is_refused(psa: Psa, conditions: str) -> None:
    """Syntax, operators and nulls in the wrong place are 400 ApiFindCondition, never 500."""
    assert psa.refusal(COMPANIES, conditions=conditions)


def test_point_07_an_empty_condition_is_none(psa: Psa) -> None:
    """A parameter without a value asks for nothing."""
    assert len(psa.ids(COMPANIES, conditions="", childConditions=" ", orderBy="", fields="")) == 4


@pytest.mark.parametrize("path", [COMPANIES, CONFIGURATIONS, "procurement/manufacturers", "company/companies/types"])
def test_point_07_every_list_takes_last_updated(psa: Psa, path: str) -> None:
    """Also where the model has no such field (section 6)."""
    everything = psa.ids(path)

    assert psa.ids(path, conditions="lastUpdated>=[1990-01-01T00:00:00Z]") == everything
    assert psa.ids(path, conditions="lastUpdated<[1990-01-01T00:00:00Z]") == []


@pytest.mark.parametrize(
    ("path", "child_conditions", "found"),
    [
        (COMPANIES, "types/id=4", [311, 312]),
        (COMPANIES, 'types/name="client"', [311, 312]),
        (COMPANIES, "types/id!=null", [311, 312, 313]),
        (COMPANIES, "types/id=4 and types/id=9", []),
        (COMPANIES, "types/id=4 or types/id=9", [311, 312, 313]),
        (COMPANIES, 'types/name like "V*" and types/id=9', [311, 313]),
        (CONFIGURATIONS, "questions/questionId=71 and questions/answer='R9'", [4009]),
        (CONFIGURATIONS, "questions/answer='R9' or questions/answer='r3'", [4003, 4009]),
        (CONFIGURATIONS, 'questions/question="Virtual" and questions/answer=true and questions/questionId=99', []),
    ],
)
def test_point_07_child_conditions(psa: Psa, path: str, child_conditions: str, found: list[int]) -> None:
    """All terms have to fit one element of the collection (section 3.2)."""
    assert psa.ids(path, childConditions=child_conditions) == found


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ('caption="Rack" and value="R12"', [5, 10, 15, 20, 25, 30]),
        ('caption="rack" and value != null', [5, 10, 15, 20, 25, 30]),
        ('caption="Units" and value != null', []),
        ('value like "R1*"', [5, 10, 15, 20, 25, 30]),
        ('caption="Rack" and value = 12', []),
    ],
)
def test_point_07_custom_field_conditions(psa: Psa, conditions: str, found: list[int]) -> None:
    """Caption and value of one custom field."""
    assert [number - 4000 for number in psa.ids(CONFIGURATIONS, customFieldConditions=conditions)] == found


@pytest.mark.parametrize(
    ("parameter", "conditions"),
    [
        ("childConditions", "types/id in (4)"),
        ("childConditions", "types/colour=1"),
        ("childConditions", "name='x'"),
        ("customFieldConditions", "caption in ('Rack')"),
        ("customFieldConditions", "types/id=4"),
        ("customFieldConditions", "caption=1"),
    ],
)
def test_point_07_child_and_custom_conditions_are_refused(psa: Psa, parameter: str, conditions: str) -> None:
    """`in` is for conditions only, unknown names are refused here too."""
    assert psa.refusal(COMPANIES, **{parameter: conditions})


def test_point_07_the_three_parameters_combine(psa: Psa) -> None:
    """A record has to fit all of them, in lists and in counts."""
    asked = {
        "conditions": "id<4020",
        "childConditions": 'questions/answer like "R*"',
        "customFieldConditions": 'caption="Rack" and value="R12"',
    }

    assert psa.ids(CONFIGURATIONS, **asked) == [4015]
    assert psa.read(f"{CONFIGURATIONS}/count", **asked) == {"count": 1}
    assert psa.read(f"{CONFIGURATIONS}/count/", **asked) == {"count": 1}
    assert [record["id"] for record in psa.read(CONFIGURATIONS, FORWARD, **asked)] == [4015]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("id asc", [1, 2, 3]),
        ("id desc", [30, 29, 28]),
        ("ID DESC", [30, 29, 28]),
        ("lastUpdated desc", [30, 29, 28]),
        ("_info/lastUpdated desc", [30, 29, 28]),
        ("lastUpdated", [1, 2, 3]),
        ("name", [3, 6, 9]),
        ("type/name desc,id", [1, 2, 4]),
        ("company/id desc, name desc", [28, 26, 22]),
        ("manufacturer/id,id desc", [29, 28, 26]),
        ("activeFlag,id", [10, 20, 30]),
    ],
)
def test_point_07_order_by(psa: Psa, order: str, found: list[int]) -> None:
    """Several fields, asc by default, nulls first; without it by id."""
    assert [number - 4000 for number in psa.ids(CONFIGURATIONS, orderBy=order, pageSize=3)] == found


@pytest.mark.parametrize("order", ["colour", "id up", "id asc desc", "types", "id,,name"])
def test_point_07_wrong_orders_are_refused(psa: Psa, order: str) -> None:
    """As conditions are."""
    assert psa.refusal(COMPANIES, orderBy=order)
