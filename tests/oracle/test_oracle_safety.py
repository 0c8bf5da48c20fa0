"""What must never happen is seen when it does, and the quota is counted as the vendor counts it."""

from dataclasses import replace

from simulators.oracle.fold import fold
from simulators.oracle.judged import TRAPS
from simulators.oracle.requests import over_quota, refused, rolling_maximum
from tests.oracle.scene import Scene
from tests.oracle.verdict import is_said, judged


def test_nothing_is_deleted_and_nothing_forbidden_is_called(scene: Scene) -> None:
    """Safety: by the history, by the request log, by what the simulators noted."""
    scene.device(10)
    scene.make(11)
    scene.name(1, "manufacturers", "1", "Dell")
    scene.delete(20, "manufacturers", "1", "api")
    scene.request("2026-01-01T00:00:00.000000Z", "DELETE", "/configurations")
    scene.request("2026-01-01T00:00:00.000000Z", "PATCH", "/company/companies/1", system="connectwise")
    scene.request("2026-01-01T00:00:00.000000Z", "POST", "/system/callbacks", system="connectwise")
    scene.request("2026-01-01T00:00:00.000000Z", "GET", "/configurations", 429)
    scene.request("2026-01-01T00:00:00.000000Z", "GET", "/configurations", 429, fault=1)
    scene.violations["itglue"].append({"rule": "passwords"})

    assert len(judged(scene).violations["safety"]) == 5


def test_nothing_is_made_while_the_native_sync_owns_its_kind(scene: Scene) -> None:
    """Safety, and the hold is native_sync_on."""
    scene.record(1, "600", name="X", configuration_type_name="Laptop", psa_integration="enabled")
    scene.device(10)
    assert judged(scene, held=[("configuration:1", "native_sync_on")]).holds

    scene.make(20)
    is_said(judged(scene), "safety", "501 was made while the native sync owned")


def test_nothing_outside_the_rollout_is_written(scene: Scene) -> None:
    """Safety: the device and its company are excluded."""
    elsewhere = replace(TRAPS, rollout=frozenset({"Bolt Ltd"}))
    scene.record(1, name="KRK-LT-14", serial_number="5CG9120X", configuration_type_name="Laptop")
    scene.device(10)
    scene.copy(20)

    assert fold(scene.world(), elsewhere).excluded() == {"organization:311", "configuration:1"}
    is_said(judged(scene, elsewhere), "safety", "configuration:1 is outside the rollout")


def test_the_quota_is_proven_by_the_rolling_maximum() -> None:
    """Any window of the length, not those that begin on the minute; a window's end is not part of it."""
    requests = [
        {"at": f"2026-01-01T00:00:{second:02d}.000000Z", "key": "k", "status": 200} for second in (0, 9, 10, 11, 12, 19)
    ]

    assert rolling_maximum(requests, 10) == 4
    assert rolling_maximum(requests, 10, key="other") == 0
    assert over_quota(requests, 4, 10) == []
    assert over_quota(requests, 3, 10) == ["4 requests in 10 s, 3 are allowed"]


def test_refused_requests_are_listed(scene: Scene) -> None:
    """What the bridge sent wrongly, not what was injected."""
    scene.request("2026-01-01T00:00:00.000000Z", "PATCH", "/configurations", 422)
    scene.request("2026-01-01T00:00:00.000000Z", "PATCH", "/configurations", 422, fault=3)

    assert len(refused(scene.requests["itglue"])) == 1
