"""The `[[suggestions]]` built from their tables; every problem is collected with its line."""

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.errors import SettingsError
from bridge.mapping.assets import folded
from bridge.mapping.effective import MappingSettings, Path
from bridge.mapping.phrases import Phrase, words_in
from bridge.mapping.problems import nearest, raise_all
from bridge.mapping.rules import SuggestionRules
from bridge.mapping.suggest import CHECKLISTS, DOCUMENTS, SUBJECTS, Condition, Rule
from bridge.mapping.traits import ASSET_TAG, tag_type
from bridge.mapping.words import WORDS

SHOWN = f'"{DOCUMENTS}", "{CHECKLISTS}" or "{ASSET_TAG} NAME"'


def can_show(tags: str) -> bool:
    """Tell whether something of a tag type can be suggested."""
    found = tag_type(tags)
    return found is not None and (found in (DOCUMENTS, CHECKLISTS) or found.startswith(ASSET_TAG))


def build(settings: MappingSettings) -> tuple[Rule, ...]:
    """Build every rule; raise SettingsErrors with all that is wrong in them."""
    problems: list[SettingsError] = []
    built = [_Build(each, number, settings, problems).rule() for number, each in enumerate(settings.suggestions)]
    names = [each.name for each in built]
    for number, name in enumerate(names):
        if name in names[:number]:
            problems.append(settings.error("B139", f'two rules are called "{name}"', ("suggestions", number)))
    raise_all(problems)
    return tuple(built)


class _Build:
    """One table being read."""

    def __init__(
        self, rules: SuggestionRules, number: int, settings: MappingSettings, problems: list[SettingsError]
    ) -> None:
        self._rules = rules
        self._number = number
        self._settings = settings
        self._path: Path = ("suggestions", number)
        self._problems = problems

    def rule(self) -> Rule:
        return Rule(
            name=self._rules.name or str(self._number + 1),
            where=self._settings.where(self._path),
            when=tuple(self._conditions()),
            show=self._show(),
            titled=self._phrases(self._rules.titled, "titled"),
            shared=tuple(each.strip() for each in self._rules.shared),
        )

    def _refuse(self, message: str, *path: str | int) -> None:
        self._problems.append(self._settings.error("B139", message, (*self._path, *path)))

    def _show(self) -> str:
        show = tag_type(self._rules.show) or ""
        if not can_show(show):
            self._refuse(f'show = "{self._rules.show}": what can be shown is {SHOWN}', "show")
            return show
        if not any(each.suggest and tag_type(each.tags or "") == show for each in self._fields()):
            said = f'{{ name = "Suggested", kind = "Tag", tags = "{show}", suggest = "first" }}'
            self._refuse(f'show = "{show}": no block of tickets has a field for it, such as {said}', "show")
        name = show.removeprefix(ASSET_TAG).strip()
        if any(folded(each.type) == folded(name) and self._suggests(each.fields) for each in self._blocks()):
            # Each write of one ticket would change what is last updated, and so what the next one shows.
            self._refuse(f'show = "{show}": a block with suggestions itself writes these assets', "show")
        return show

    def _blocks(self) -> Iterator[Any]:
        yield from self._settings.flexible_assets

    def _fields(self) -> Iterator[Any]:
        for block in self._blocks():
            yield from block.fields

    @staticmethod
    def _suggests(fields: Any) -> bool:
        return any(each.suggest for each in fields)

    def _conditions(self) -> Iterator[Condition]:
        for subject, attributes in self._rules.when.items():
            known = WORDS[SUBJECTS[subject]]
            if not attributes:
                self._refuse(f"when.{subject} names no attribute", "when", subject)
            for word, given in attributes.items():
                path = ("when", subject, word)
                if word not in known:
                    self._refuse(f'a {subject} has no word "{word}"{nearest(word, known)}', *path)
                elif known[word].shape == "captions":
                    if not isinstance(given, Mapping) or not given:
                        self._refuse(f'{word} is looked up by caption: {word}."Caption" = ["word"]', *path)
                        continue
                    for caption, texts in given.items():
                        yield Condition(subject, word, self._words(texts, *path, caption), caption)
                else:
                    yield Condition(subject, word, self._words(given, *path))

    def _words(self, given: Any, *path: str | int) -> tuple[Phrase, ...]:
        texts = [given] if isinstance(given, str) else given
        if not isinstance(texts, list | tuple) or not texts or not all(isinstance(each, str) for each in texts):
            self._refuse(f'{".".join(map(str, path[1:]))} takes words, such as ["print", "paper jam"]', *path)
            return ()
        return self._phrases(texts, *path)

    def _phrases(self, texts: Any, *path: str | int) -> tuple[Phrase, ...]:
        found = []
        for text in texts:
            phrase = words_in(text)
            if phrase:
                found.append(phrase)
            else:
                self._refuse(f'"{text}" has neither a letter nor a digit: no text would hold it', *path)
        return tuple(found)
