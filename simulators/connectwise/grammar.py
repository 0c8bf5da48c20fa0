"""The condition language as text becomes a tree (reference 3.1)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal as Word

Kind = Word["string", "number", "boolean", "null", "datetime"]

ORDERING = ("<", "<=", ">", ">=")
_NEGATABLE = ("contains", "like", "in")
_DEEPEST = 60

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    | (?P<datetime>\[[^\]]*\])
    | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
    | (?P<name>[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*)
    | (?P<operator><=|>=|!=|=|<|>)
    | (?P<mark>[(),])
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)


class ConditionError(ValueError):
    """A condition, an order or a field list that the vendor answers with 400 `ApiFindCondition`."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written; `text` is without quotes, brackets and escapes."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`path operator value`, or a list of values for `in`."""

    path: str
    operator: str
    negated: bool
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """Terms joined by one word, `and` or `or`."""

    word: Word["and", "or"]
    terms: "tuple[Node, ...]"


Node = Comparison | Junction


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


@lru_cache(maxsize=512)
def parse(text: str) -> Node | None:
    """Return the tree of a condition, None for an empty one; raise ConditionError on anything else."""
    tokens = _tokens(text)
    if len(tokens) == 1:
        return None
    return _Parser(text, tokens).whole()


def names(node: Node) -> tuple[str, ...]:
    """Return every field path of a tree as written, in order of appearance."""
    if isinstance(node, Comparison):
        return (node.path,)
    return tuple(name for term in node.terms for name in names(term))


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise ConditionError(f"Unexpected text at position {at}: {text[at : at + 20].strip()}")
        found.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        at = match.end()
    found.append(_Token("end", "", len(text)))
    return found


class _Parser:
    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._either()
        if self._next.kind != "end":
            raise self._unexpected()
        return node

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _word(self, *wanted: str) -> str | None:
        """Take the next token when it is one of these keywords, which come in any case."""
        token = self._next
        if token.kind == "name" and token.text.lower() in wanted:
            self._at += 1
            return token.text.lower()
        return None

    def _mark(self, wanted: str) -> bool:
        if self._next.kind == "mark" and self._next.text == wanted:
            self._at += 1
            return True
        return False

    def _unexpected(self) -> ConditionError:
        token = self._next
        what = "end of the condition" if token.kind == "end" else f"'{token.text}' at position {token.at}"
        return ConditionError(f"Unexpected {what}.")

    def _either(self) -> Node:
        # "and" binds tighter than "or"
        terms = [self._both()]
        while self._word("or"):
            terms.append(self._both())
        return terms[0] if len(terms) == 1 else Junction("or", tuple(terms))

    def _both(self) -> Node:
        terms = [self._term()]
        while self._word("and"):
            terms.append(self._term())
        return terms[0] if len(terms) == 1 else Junction("and", tuple(terms))

    def _term(self) -> Node:
        if self._mark("("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise ConditionError("The condition is nested too deeply.")
            node = self._either()
            self._depth -= 1
            if not self._mark(")"):
                raise self._unexpected()
            return node
        return self._comparison()

    def _comparison(self) -> Comparison:
        token = self._next
        if token.kind != "name" or token.text.lower() in {"and", "or", "not", "contains", "like", "in"}:
            raise self._unexpected()
        path = self._take().text
        if self._next.kind == "operator":
            return Comparison(path, self._take().text, False, (self._value(path),))
        negated = self._word("not") is not None
        operator = self._word(*_NEGATABLE)
        if operator is None:
            raise self._unexpected()
        values = self._list(path) if operator == "in" else (self._value(path),)
        return Comparison(path, operator, negated, values)

    def _list(self, path: str) -> tuple[Literal, ...]:
        if not self._mark("("):
            raise self._unexpected()
        values = [self._value(path)]
        while self._mark(","):
            if self._next.text == ")" and self._next.kind == "mark":
                break  # clients have sent a trailing comma
            values.append(self._value(path))
        if not self._mark(")"):
            raise self._unexpected()
        return tuple(values)

    def _value(self, path: str) -> Literal:
        token = self._next
        if token.kind == "string":
            self._at += 1
            return Literal("string", _unescaped(token.text))
        if token.kind == "datetime":
            self._at += 1
            return Literal("datetime", token.text[1:-1].strip())
        if token.kind == "number":
            self._at += 1
            return Literal("number", token.text)
        word = self._word("true", "false", "null")
        if word is not None:
            return Literal("null" if word == "null" else "boolean", word)
        if token.kind == "name":
            raise ConditionError(
                f"Expected a value for {path}, not '{token.text}'. "
                "String values should be enclosed in double or single quotes."
            )
        raise self._unexpected()


def _unescaped(quoted: str) -> str:
    inner = re.sub(r"""\\(["'\\])""", r"\1", quoted[1:-1])
    # 3.1: square brackets inside a string value are written [[]text]
    if "[" in inner.replace("[[]", ""):
        raise ConditionError("A square bracket inside a string value is written [[].")
    return inner.replace("[[]", "[")
