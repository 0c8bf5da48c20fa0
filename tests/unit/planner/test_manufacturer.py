"""A model hangs on its manufacturer: IT Glue refuses one that belongs to another."""

from bridge.planning import AssetView, Field, LinkView, Rules, Update, Wish, plan
from bridge.records import Ref

REF = Ref("cw", "configuration", "4711")
RULES = Rules("configurations")


def test_a_model_of_the_manufacturer_that_a_device_leaves_is_cleared_with_it() -> None:
    """The source names another manufacturer and no model; sent alone, the manufacturer would be refused."""
    wish = Wish(REF, {"manufacturer_id": "2", "model_id": None}, None)
    held = AssetView("9", {"manufacturer_id": 1, "model_id": 11}, archived=False, psa_integration=None)

    planned = plan(wish, RULES, LinkView("9", {}), held)

    assert isinstance(planned, Update)
    assert planned.fields == {"manufacturer_id": Field(1, "2"), "model_id": Field(11, None, "moved")}
    assert planned.empties


def test_a_model_stays_where_its_manufacturer_does() -> None:
    """The source has no model, IT Glue has one that somebody chose: an empty value says nothing."""
    wish = Wish(REF, {"manufacturer_id": "1", "model_id": None, "asset_tag": "T1"}, None)
    held = AssetView(
        "9", {"manufacturer_id": 1, "model_id": 11, "asset_tag": None}, archived=False, psa_integration=None
    )

    planned = plan(wish, RULES, LinkView("9", {}), held)

    assert isinstance(planned, Update)
    assert set(planned.fields) == {"asset_tag"}
