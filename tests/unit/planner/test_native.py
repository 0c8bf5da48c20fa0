import pytest

from bridge.planning import creates, is_locked


@pytest.mark.parametrize(
    ("words", "disconnected", "may"),
    [
        ([], False, "free"),
        ([None, None], False, "free"),
        ([None, "orphaned"], False, "free"),
        ([None, "enabled"], False, "no"),
        (["disabled", "enabled"], False, "no"),
        (["disabled", None, "orphaned"], False, "accept"),
        (["sync_error"], False, "no"),
        (["disabled", "sync_error"], False, "no"),
        (["disabled"], True, "free"),
        (["sync_error", "disabled"], True, "free"),
        (["enabled"], True, "no"),
    ],
)
def test_a_kind_with_a_live_native_link_takes_no_creates(words: list[str | None], disconnected: bool, may: str) -> None:
    """The two-way sync would push our record into the PSA, from where it comes back as a new one."""
    assert creates(words, disconnected=disconnected) == may


def test_a_paused_sync_unlocks_and_an_orphan_stays_locked() -> None:
    """`disabled` takes all attributes; every other word but null keeps the record the native sync's."""
    assert [is_locked(word) for word in (None, "disabled", "enabled", "orphaned", "sync_error")] == [
        False,
        False,
        True,
        True,
        True,
    ]
