"""Exact words in a text, not case-sensitive: `print` fits `Print`, never `printer` (api/autotask.md 10)."""

from collections.abc import Iterable
from functools import lru_cache
from unicodedata import category, normalize

Phrase = tuple[str, ...]
"""The words of a rule, one after the other, as `words_in` gives them."""


@lru_cache(maxsize=1 << 15)
def words_in(text: str) -> Phrase:
    """Give the words of a text: runs of letters, digits and their accents; everything else stands between words.

    Case and the ways to write one character (`ü` as one or as two, full-width letters) make no difference. What has no
    width, such as a soft hyphen, is no boundary.
    """
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    shown = (each for each in folded if category(each) != "Cf")
    return tuple("".join(each if each.isalnum() or category(each)[0] == "M" else " " for each in shown).split())


def holds(text: str, phrase: Phrase) -> bool:
    """Tell whether the words of a phrase stand in a text, in a row and in their order."""
    words, length = words_in(text), len(phrase)
    return 0 < length <= len(words) and any(words[at : at + length] == phrase for at in range(len(words) - length + 1))


def first_held(texts: Iterable[str], phrases: Iterable[Phrase]) -> Phrase | None:
    """Give the first of the phrases that one of the texts holds."""
    several = tuple(texts)
    return next((phrase for phrase in phrases if any(holds(text, phrase) for text in several)), None)
