"""Organizations whose names are nearly those of a customer: shown to the person who matches, never taken."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from unicodedata import combining, normalize

from bridge.matching.keys import normalise_name

Near = tuple[str, str, str]

# What different people leave out, or spell in another way, of one company's name.
_FORM = re.compile(
    "ltd|limited|inc|incorporated|llc|llp|lp|plc|pllc|pc|corp|corporation|co|company|companies|gmbh|mbh|ag|kg|kgaa|ohg|gbr|ug|ev"
    "|se|sa|sas|sasu|sarl|srl|spa|snc|bv|nv|vof|ab|as|asa|aps|oy|oyj|kft|sro|zrt|doo|pty|pte|pvt|private|public"
    "|holdings?|group|the|and|of|for|uk|usa?"
)
_SAME = {"&": " and ", "+": " and ", "@": " at "}
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ł": "l", "þ": "th"})
_WORD = re.compile(r"\w+")
_DOTTED = re.compile(r"\b(\w)\.(?=\w\b)")
_HOST = re.compile(r"^(?:[a-z]+://)?(?:[^@/\s]*@)?(?:www\d?\.)?([^/:?#\s]+)", re.IGNORECASE)
# Mail hosts say nothing of the customer.
_MAIL_HOST = re.compile(
    "gmail|googlemail|outlook|hotmail|live|msn|yahoo|icloud|me|aol|gmx|web|proton|protonmail|btinternet|bigpond|comcast"
    "|verizon|mail|zoho|yandex|orange|free|wanadoo|t-online"
)
_SECOND_LEVEL = re.compile("co|com|org|net|gov|edu|ac|gob|or|ne|ltd|plc|nhs|sch|onmicrosoft")
# A bucket this large holds a word like "dental": no reason to compare all of it letter by letter.
_LARGEST_BUCKET = 40
_ALIKE = 0.86


class NearNames:
    """An index over organizations, (id, name) each, that finds near names without comparing every pair."""

    def __init__(self, candidates: Iterable[tuple[str, str]]) -> None:
        self._names: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        self._by_core: dict[str, list[str]] = defaultdict(list)
        self._by_words: dict[frozenset[str], list[str]] = defaultdict(list)
        self._by_initials: dict[str, list[str]] = defaultdict(list)
        self._by_bucket: dict[str, list[str]] = defaultdict(list)
        for itglue_id, name in candidates:
            words = core_words(name)
            core = "".join(words)
            self._names[itglue_id] = name
            self._folded[itglue_id] = core
            self._by_core[core].append(itglue_id)
            self._by_words[frozenset(words)].append(itglue_id)
            if len(words) > 2:
                self._by_initials["".join(word[0] for word in words)].append(itglue_id)
            for bucket in _buckets(words):
                self._by_bucket[bucket].append(itglue_id)

    def find(self, name: str, domains: Sequence[str] = (), most: int = 5) -> list[Near]:
        """Give (id, name, why) of the nearest organizations, best first; those of exactly this name are not near.

        `domains` are the customer's website and e-mail addresses or hosts.
        """
        words = core_words(name)
        core = "".join(words)
        found: dict[str, tuple[float, str]] = {}

        def add(ids: Iterable[str], score: float, why: str) -> None:
            for itglue_id in ids:
                if itglue_id not in found or found[itglue_id][0] < score:
                    found[itglue_id] = (score, why)

        if core:
            add(
                self._by_core.get(core, ()),
                1.0,
                "same but for Ltd, Inc, punctuation and the like",
            )
            add(self._by_words.get(frozenset(words), ()), 0.98, "same words in another order")
            add(self._by_initials.get(core, ()), 0.8, "its initials")
            if len(words) > 2:
                add(self._by_core.get("".join(word[0] for word in words), ()), 0.8, "its initials")
        for domain in domains:
            label = domain_label(domain)
            if label:
                add(self._by_core.get(label, ()), 0.97, f"domain {label}")
        for itglue_id in self._neighbours(words):
            other = self._folded[itglue_id]
            shorter, longer = sorted((core, other), key=len)
            if len(shorter) >= 4 and longer.startswith(shorter) and len(shorter) * 2 >= len(longer):
                add((itglue_id,), 0.9, "one begins with the other")
            elif (ratio := _alike(core, other)) >= _ALIKE:
                add((itglue_id,), ratio * 0.95, "spelt alike")
        same = normalise_name(name)
        near = [(score, one, why) for one, (score, why) in found.items() if normalise_name(self._names[one]) != same]
        near.sort(key=lambda entry: (-entry[0], len(entry[1]), entry[1]))
        return [(one, self._names[one], why) for _, one, why in near[:most]]

    def _neighbours(self, words: Sequence[str]) -> set[str]:
        near: set[str] = set()
        for bucket in _buckets(words):
            ids = self._by_bucket.get(bucket, ())
            if len(ids) <= _LARGEST_BUCKET:
                near.update(ids)
        return near


def near_names(name: str, candidates: Iterable[tuple[str, str]], domains: Sequence[str] = ()) -> list[Near]:
    """Give (id, name, why) of the candidates, (id, name) each, that are near a name, best first.

    For many names over the same candidates keep one `NearNames`.
    """
    return NearNames(candidates).find(name, domains)


def core_words(name: str) -> tuple[str, ...]:
    """Give the words of a name that tell it from others: plain letters, without Ltd, Inc, "the" and the like.

    A name of nothing else keeps its words.
    """
    text = normalize("NFKD", normalise_name(name)).translate(_LETTERS)
    text = "".join(letter for letter in text if not combining(letter))
    text = _DOTTED.sub(r"\1", text).replace("'", "").replace("\u2019", "")
    for sign, word in _SAME.items():
        text = text.replace(sign, word)
    words = _WORD.findall(text)
    return tuple(word for word in words if not _FORM.fullmatch(word)) or tuple(words)


def domain_label(text: str) -> str | None:
    """Give the part of a website, host or e-mail address that names its owner; None for mail hosts and no host."""
    host = _HOST.match(text.strip())
    labels = [label for label in host[1].casefold().strip(".").split(".") if label] if host else []
    if len(labels) < 2:
        return None
    labels.pop()
    while len(labels) > 1 and _SECOND_LEVEL.fullmatch(labels[-1]):
        labels.pop()
    label = labels[-1]
    return None if _MAIL_HOST.fullmatch(label) else "".join(_WORD.findall(label))


def _buckets(words: Sequence[str]) -> Iterable[str]:
    """Name the small groups in which names are compared letter by letter: their words, and their first letters."""
    core = "".join(words)
    yield f"^{core[:4]}"
    yield f"{core[-4:]}$"
    yield from {word for word in words if len(word) > 2}


def _alike(one: str, other: str) -> float:
    if min(len(one), len(other)) * 2 < max(len(one), len(other)) * _ALIKE:
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()
