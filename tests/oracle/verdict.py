"""Judging a scene in the oracle's own tests."""

from typing import Any

from simulators.oracle.judge import Report, judge_world
from simulators.oracle.judged import TRAPS, Judged
from tests.oracle.scene import Scene


def judged(scene: Scene, settings: Judged = TRAPS, **more: Any) -> Report:
    """Judge the scene; what is repaired within 5 s is in time."""
    return judge_world(scene.world(), settings, repair_within=5, **more)


def is_said(report: Report, invariant: str, *words: str) -> None:
    """Check that an invariant is violated, with these words in one sentence."""
    assert any(all(word in sentence for word in words) for sentence in report.violations[invariant]), report.table(20)
