from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.fingerprint import fingerprint

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=4), values), st.randoms())
def test_the_order_of_keys_does_not_count(attributes: dict[str, object], random: object) -> None:
    """Two sources may name the same attributes in any order."""
    keys = list(attributes)
    random.shuffle(keys)  # type: ignore[attr-defined]  # hypothesis types the strategy's Random loosely

    assert fingerprint({key: attributes[key] for key in keys}) == fingerprint(attributes)


def test_it_is_thirty_two_hex_digits_and_tells_values_apart() -> None:
    """A number, its text and nothing at all are three things."""
    digests = {fingerprint(value) for value in ({"a": 1}, {"a": "1"}, {"a": None}, {}, {"a": [1]}, {"b": 1}, ["a", 1])}

    assert len(digests) == 7
    assert all(len(digest) == 32 and int(digest, 16) >= 0 for digest in digests)


def test_it_is_the_same_on_every_machine_and_release() -> None:
    """Fingerprints are stored; a changed one would plan everything again."""
    assert fingerprint({"b": [1, "x"], "a": None}) == "8a784e67fe9f750f6443ed13095f89b5"
