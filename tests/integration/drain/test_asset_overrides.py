"""Overrides of blocks of flexible assets, down to what stands in IT Glue."""

from tests.integration.drain.test_assets import block
from tests.integration.drain.world import World


def test_an_override_reaches_the_assets_of_its_organization(world: World) -> None:
    """One customer's tickets have another text and one field of their own making, another's are left alone."""
    said = '[[override]]\norganizations = ["{}"]\n[override.flexible_assets.psa-ticket]\n{}\n'
    overrides = said.format("Acme Ltd", 'set = { Body = "<p>ours</p>" }\nonce = ["Age"]')
    overrides += said.format("Bolt", "enabled = false")
    world.configure(assets=block() + overrides)
    hours = {"Hours": "2.25", "Share": None, "Due": None}
    world.settle(
        world.organization(), world.organization("2", "Bolt"), world.organization("3", "Cog"),
        *(world.ticket(str(number), str(number), custom=hours) for number in (1, 2, 3)),
    )  # fmt: skip

    world.settle(*(world.ticket(str(number), str(number), custom={**hours, "Hours": "3"}) for number in (1, 2, 3)))

    made = {one["name"]: (one["traits"]["body"], one["traits"]["age"]) for one in world.records("flexible_assets")}
    assert made == {"#1 ticket 1": ("<p>ours</p>", 2.3), "#3 ticket 3": ("<p>ticket 3</p>", 3)}
    state, rule = world.state("cw:ticket:2")
    assert state == "excluded"
    assert "[[override]] flexible_assets.psa-ticket.enabled" in str(rule)
