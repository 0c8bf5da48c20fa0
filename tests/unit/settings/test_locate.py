"""The line of every key: found in any TOML that is valid."""

import tomllib
from typing import Any

import hypothesis
from hypothesis import given
from hypothesis import strategies as st

from bridge.settings.locate import locate


def paths(value: Any, above: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Give the path of every key and element of parsed TOML."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = set()
    for key, inner in items:
        found |= {(*above, key)} | paths(inner, (*above, key))
    return found


HARD = '''\
# a = 1
top = "a # no comment"  # but this is
"quoted key".'x.y' = 1
[ spaced . table ]
multi = """
[not.a.table]
key = "in text" """
literal = \'\'\'
]]}\'\'\'\'\'
numbers = [ 1, # one
  2,
  [3, 4], ]
inline = { a = 1, b.c = [ { d = "}" }, { d = 'x' } ] }
date = 1979-05-27 07:32:00Z
[[many]]
name = "first"
[many.sub]
x = 1
[[many.deep]]
y = 1
[[many.deep]]
y = 2
[[many]]
name = "second"
[[many.deep]]
y = 3
[spaced.table.below]
"esc\\u0061ped" = true
'''


def test_every_path_of_a_hard_file_has_its_line() -> None:
    """Tables of tables, inline tables, lists over many lines, text that looks like keys."""
    lines = locate(HARD)

    assert paths(tomllib.loads(HARD)) == set(lines)
    text = HARD.split("\n")
    assert "[3, 4]" in text[lines["spaced", "table", "numbers", 2] - 1]
    assert text[lines["spaced", "table", "numbers", 1] - 1].strip() == "2,"
    assert text[lines["many", 0, "deep", 1, "y"] - 1] == "y = 2"
    assert text[lines["many", 1, "deep", 0, "y"] - 1] == "y = 3"
    assert text[lines["many", 1] - 1] == "[[many]]"
    assert text[lines["spaced", "table", "inline", "b", "c", 1, "d"] - 1].startswith("inline")
    assert text[lines["quoted key", "x.y"] - 1].startswith('"quoted key"')
    assert "escaped" in {path[-1] for path in lines}


KEYS = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=3)
STRINGS = st.text(st.sampled_from("ab#[]{}=,.' \""), max_size=6)


def written(value: Any) -> str:
    """Write a value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + "".join(f"  {written(each)}, # ]\n" for each in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace('"', '\\"') + '"'
    return str(value)


VALUES = st.recursive(
    st.one_of(st.integers(), STRINGS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, st.one_of(st.integers(), STRINGS))),
    max_leaves=6,
)


@hypothesis.settings(deadline=None)
@given(st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=3))
def test_the_scanner_knows_the_paths_that_tomllib_knows(tables: dict[str, dict[str, Any]]) -> None:
    """And the line of each key is a line on which that key stands."""
    text = "".join(
        f"[{name}]\n" + "".join(f"{key} = {written(value)}\n" for key, value in table.items())
        for name, table in tables.items()
    )

    lines = locate(text)

    assert set(lines) == paths(tomllib.loads(text))
    for path, line in lines.items():
        if isinstance(path[-1], str):
            assert path[-1] in text.split("\n")[line - 1]
