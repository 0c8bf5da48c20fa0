"""From a record, or a summary's anchor with its records, to the traits of a flexible asset; pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bridge.desired import Desired, Excluded, Held
from bridge.mapping.assets import AssetField
from bridge.mapping.block import Words
from bridge.mapping.clean import Bad, Memo
from bridge.mapping.expressions import Expression, Reference, context_of, joined
from bridge.records import Ref

Outcome = Desired | Excluded | Held


@dataclass(slots=True)
class Value:
    """A field's value: what gives it, and how it is brought to the field's form."""

    field: AssetField
    expression: Expression
    where: str
    form: Callable[[Any, str], Any]  # from what the expression gives, and the source's name

    @property
    def word(self) -> str:
        """Name the trait as a wish does."""
        return f"traits.{self.field.name}"


class AssetMap:
    """From the words of a record, or of a summary's anchor with its records, to what is asked of IT Glue."""

    def __init__(
        self,
        table: str,
        kind: str,
        only: tuple[Expression, str] | None,
        values: list[Value],
        *,
        block: str,
        excluded: str,
    ) -> None:
        """Take the table of the values' words, the kind of the records, their condition with its place, the values.

        `excluded` is the rule that leaves out what does not fit the condition.
        """
        self.table = table
        self._summed = table != kind
        self._plural = f"{kind}s"
        self._block = block
        self._excluded = Excluded(excluded)
        self._only = joined([only[0]]) if only is not None else None
        self._only_context = context_of(kind, only[0].words) if only is not None else None
        self._only_where = only[1] if only is not None else ""
        self._values = values
        used = frozenset[str]().union(*(each.expression.words for each in values))
        self._context = context_of(table, used)
        self._joined = joined([each.expression for each in values])
        self._singly: Memo[int, Callable[[dict[str, Any]], tuple[Any, ...]]] = Memo(
            lambda at: joined([values[at].expression])
        )

    def __call__(self, words: Words, ref: Ref) -> Outcome:
        """Map; never raises for what a record holds."""
        fits = self._summed or self.fits(words, ref)
        if isinstance(fits, Held):
            return fits
        if not fits:
            return self._excluded
        summed = self.summed(words)
        if isinstance(summed, Held):
            return summed
        words = summed
        owner = _owner(words, ref)
        if owner is None:
            return Held("no_organization", "the source names no organization for it")
        given = self._computed(words, ref)
        if isinstance(given, Held):
            return given
        wish = Desired({}, refs={"organization_id": owner}, empty=self._summed and not words[self._plural])
        for value, computed in zip(self._values, given, strict=True):
            held = value.form(computed, ref.source)
            if isinstance(held, Bad):
                return Held("bad_value", f'field "{value.field.name}" {held.text} ({value.where})')
            if value.field.kind == "Tag":
                wish.tags[value.word] = tuple(
                    Ref(ref.source, each.kind, str(each.id)) if isinstance(each, Reference) else each
                    for each in held or ()
                )
            else:
                wish.attributes[value.word] = held
        return wish

    def fits(self, words: Words, ref: Ref) -> bool | Held:
        """Tell whether `only` lets a record in."""
        if self._only is None or self._only_context is None:
            return True
        try:
            return bool(self._only(self._only_context(words, ref))[0])
        except Exception as error:
            return Held("bad_value", f"only ({self._only_where}): {type(error).__name__}: {error}")

    def summed(self, words: Words) -> Words | Held:
        """Give the words of a summary with the records that `only` lets in; those of a record as they are."""
        if not self._summed:
            return words
        kept = []
        for record in words.get(self._plural) or ():
            ref = Ref.parse(str(record["ref"]))
            fits = self.fits(record, ref)
            if isinstance(fits, Held):
                return Held(fits.code, f"{ref}: {fits.reason}")
            if fits:
                kept.append(record)
        return {**words, self._plural: kept}

    def _computed(self, words: Words, ref: Ref) -> tuple[Any, ...] | Held:
        context = self._context(words, ref)
        try:
            return self._joined(context)
        except Exception as error:
            for at, value in enumerate(self._values):
                try:
                    self._singly[at](context)
                except Exception as caught:
                    said = f'field "{value.field.name}" ({value.where}): {type(caught).__name__}: {caught}'
                    return Held("bad_value", said)
            return Held("bad_value", f"{self._block}: {type(error).__name__}: {error}")


def _owner(words: Words, ref: Ref) -> Ref | None:
    if ref.kind == "organization":
        return ref
    owner = words.get("organization")
    return Ref(ref.source, "organization", str(owner["id"])) if owner and owner.get("id") else None


def leaves_of(mapped: AssetMap, when: Expression | None, where: str) -> Callable[[Words, Ref], bool | Held]:
    """Give the function that tells whether a condition counts a record as gone though the source has it."""
    if when is None:
        return lambda _words, _ref: False
    context, compute = context_of(mapped.table, when.words), joined([when])

    def leaves(words: Words, ref: Ref) -> bool | Held:
        given = mapped.summed(words)
        if isinstance(given, Held):
            return given
        try:
            return bool(compute(context(given, ref))[0])
        except Exception as error:
            return Held("bad_value", f"gone ({where}): {type(error).__name__}: {error}")

    return leaves
