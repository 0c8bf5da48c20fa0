"""Templates and bare expressions of a mapping: Jinja2 in a sandbox, many joined into one function."""

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, meta, nodes
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bridge.errors import SettingsError
from bridge.mapping.clean import escaped, many_lines, one_line, plain, with_plain_breaks
from bridge.mapping.problems import nearest
from bridge.mapping.words import PLURALS, Word, words_of


class Reference(str):
    """A reference in an expression: its name as text, `.id` and `.name` besides; `kind` is that of the record it names."""

    __slots__ = ("id", "kind")

    id: str | None
    kind: str

    @classmethod
    def of(cls, value: Any, kind: str = "") -> Self | None:
        """Wrap `{"id", "name"}`, or a bare name; None for none."""
        if not value:
            return None
        held = cls(one_line(plain(value) or ""))
        held.id = str(value["id"]) if isinstance(value, Mapping) and value.get("id") is not None else None
        held.kind = kind
        return held

    @property
    def name(self) -> str:
        """Give the name."""
        return str(self)


_PLAIN = frozenset({str, int, float, bool, type(None)})  # what nobody can change, and what is equal to nothing else
_MOST_KNOWN = 1000


class Captions(dict[str, Any]):
    """Custom fields or questions by caption; a caption that the record lacks is None."""

    def __missing__(self, key: str) -> None:
        return None


def _text_word(value: Any) -> Any:
    return one_line(plain(value) or "") or None if isinstance(value, str | Mapping) else value


_SHAPES: dict[str, Callable[[Any], Any]] = {
    "text": _text_word,
    "lines": lambda value: many_lines(value) or None if isinstance(value, str) else value,
    "value": lambda value: value,
    "list": lambda value: list(value or ()),
    "captions": lambda value: Captions(value or ()),
}


def _shape_of(word: Word) -> Callable[[Any], Any]:
    """Give how a word's value stands in an expression."""
    if word.shape == "reference":
        return lambda value: Reference.of(value, word.of)
    if word.shape == "references":
        return lambda value: [held for each in value or () if (held := Reference.of(each, word.of)) is not None]
    if word.shape == "records":
        shapes = [(name, _shape_of(each)) for name, each in words_of(word.of).items()]
        return lambda value: [{name: shape(each.get(name)) for name, shape in shapes} for each in value or ()]
    return _SHAPES[word.shape]


def _defined(value: Any) -> Any:
    if isinstance(value, Undefined):
        str(value)  # a StrictUndefined says what is missing by raising
    return value


def _inserted(value: Any) -> str:
    return plain(_defined(value)) or ""


def _inserted_html(value: Any) -> str:
    held = _defined(value)
    return str(held) if hasattr(held, "__html__") else escaped(plain(held) or "")


def _inserted_quoted(value: Any) -> str:
    """Insert into HTML wherever it may be, an attribute's value too."""
    held = with_plain_breaks(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
    return _inserted_html(held).replace('"', "&quot;").replace("'", "&#x27;")


def _none_stays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a filter of text give None for None, where Jinja2 would write "None"."""
    at = 1 if hasattr(function, "jinja_pass_arg") else 0

    @functools.wraps(function)
    def given(*args: Any, **kwargs: Any) -> Any:
        return None if args[at] is None else function(*args, **kwargs)

    return given


def _join(values: Iterable[Any], separator: str = "", attribute: str | None = None) -> str:
    picked = values if attribute is None else (getattr(each, attribute, None) for each in values)
    return separator.join(each for each in map(plain, picked) if each)


_OF_TEXT = (
    "capitalize center escape e forceescape indent int float length count lower replace round safe striptags title "
    "trim truncate upper urlencode urlize wordcount wordwrap string"
)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    del environment.filters["random"]  # the same record gives the same wish
    environment.globals.clear()
    for name in _OF_TEXT.split():
        environment.filters[name] = _none_stays(environment.filters[name])
    environment.filters |= {"join": _join, "_defined": _defined, "_text": _inserted, "_html": _inserted_html}
    environment.filters["_quoted"] = _inserted_quoted
    return environment


_ENVIRONMENT = _environment()
_FORBIDDEN = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Block, nodes.Macro, nodes.CallBlock)


@dataclass(frozen=True, slots=True)
class Expression:
    """One parsed value: a constant, a path (`word`, or `word[caption]`), or something to compute.

    `node` is what to compute, `body` the statements that lead to it where the template has some.
    """

    source: str
    words: frozenset[str] = frozenset()
    constant: Any = None
    path: tuple[str, ...] | None = None
    node: nodes.Expr | None = None
    body: tuple[nodes.Node, ...] = ()

    @property
    def computes(self) -> bool:
        """Tell whether it is neither a constant nor a path."""
        return self.path is None and (self.node is not None or bool(self.body))


def _near(word: str, known: Iterable[str]) -> str:
    return nearest(word, known) or "; docs/mapping.md lists the words"


def _check(tree: nodes.Template, kind: str, source: str, code: str, *, rows_only: bool = False) -> frozenset[str]:
    known = words_of(kind)
    for forbidden in tree.find_all(_FORBIDDEN):
        raise SettingsError(code, f"{source!r} uses {type(forbidden).__name__.lower()}, which a value cannot")
    # Jinja2 does not count "self", which is no word of a record either.
    used = meta.find_undeclared_variables(tree) | {
        each.name for each in tree.find_all(nodes.Name) if each.name == "self"
    }
    for word in sorted(used):
        if word not in known:
            raise SettingsError("B122", f'{source!r}: a {kind} has no word "{word}"{_near(word, known)}')
        if rows_only and not known[word].row:
            raise SettingsError(
                "B122", f'{source!r}: "{word}" costs a request for each record; it can stand in set, not in only'
            )
    _check_records(tree, known, source)
    for test in tree.find_all(nodes.Filter):
        if test.name.startswith("_"):
            raise SettingsError(code, f"{source!r} uses an unknown filter {test.name}")
    for concat in tree.find_all(nodes.Concat):
        concat.nodes = [_filtered(each, "_text") for each in concat.nodes]
    return frozenset(used)


def _check_records(tree: nodes.Template, known: Mapping[str, Word], source: str) -> None:
    """Refuse a word that the records of a summary's list do not have, where a loop goes through them."""
    for loop in tree.find_all(nodes.For):
        over: nodes.Node = loop.iter
        while isinstance(over, nodes.Filter | nodes.Getitem) and over.node is not None:
            over = over.node
        if not isinstance(over, nodes.Name) or over.name not in PLURALS or not isinstance(loop.target, nodes.Name):
            continue
        if known[over.name].shape != "records":
            continue
        words = words_of(known[over.name].of)
        for part in loop.find_all((nodes.Getattr, nodes.Getitem)):
            name = getattr(part, "attr", None) or getattr(getattr(part, "arg", None), "value", None)
            held = getattr(part, "node", None)
            mine = isinstance(held, nodes.Name) and held.name == loop.target.name
            if mine and isinstance(name, str) and name not in words:
                raise SettingsError(
                    "B122", f'{source!r}: a {known[over.name].of} has no word "{name}"{nearest(name, words)}'
                )


def _filtered(node: nodes.Expr, name: str) -> nodes.Expr:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def parse_condition(source: str, kind: str) -> Expression:
    """Parse a bare expression such as `only`; raise SettingsError for a bad one or an unknown word."""
    if "{{" in source or "{%" in source:
        raise SettingsError("B123", f"{source!r} is a condition: write it without the braces")
    try:
        parser = Parser(_ENVIRONMENT, source, state="variable")
        node = parser.parse_expression()
        if not parser.stream.eos:
            raise SettingsError("B123", f"{source!r}: {parser.stream.current.value!r} does not belong there")
        tree = nodes.Template([nodes.Output([node], lineno=1)], lineno=1)
        tree.set_environment(_ENVIRONMENT)
        _compilable(tree)
    except TemplateSyntaxError as error:
        raise SettingsError("B123", f"{source!r}: {error.message}") from error
    words = _check(tree, kind, source, "B123", rows_only=True)
    return Expression(source, words, node=_filtered(node, "_defined"))


def parse_template(source: str, kind: str, *, html: bool = False, insert: str = "") -> Expression:
    """Parse a value; raise SettingsError for a bad one or an unknown word.

    With `html` the text around the braces is HTML, and what is inserted is escaped; `insert` names another way to.
    """
    insert = insert or ("_html" if html else "_text")
    try:
        tree = _ENVIRONMENT.parse(source)
        _compilable(tree)
    except TemplateSyntaxError as error:
        raise SettingsError("B123", f"{source!r}: {error.message}") from error
    words = _check(tree, kind, source, "B123")
    outputs = tree.body
    said = [each for output in outputs if isinstance(output, nodes.Output) for each in output.nodes]
    texts = [each.data for each in said if isinstance(each, nodes.TemplateData)]
    if len(texts) == len(said) and all(isinstance(each, nodes.Output) for each in outputs):
        return Expression(source, constant="".join(texts))
    if len(outputs) == 1 and isinstance(output := outputs[0], nodes.Output):
        if len(output.nodes) == 1 and not isinstance(lone := output.nodes[0], nodes.TemplateData):
            inserted = _filtered(lone, "_defined" if insert == "_text" else insert)
            return Expression(source, words, path=_path(lone, kind), node=inserted)
        return Expression(source, words, node=nodes.Concat(_parts(output, insert), lineno=1))
    for output in tree.find_all(nodes.Output):
        output.nodes = _parts(output, insert)
    return Expression(source, words, body=tuple(outputs))


def _parts(output: nodes.Output, insert: str) -> list[nodes.Expr]:
    return [
        nodes.Const(each.data, lineno=1) if isinstance(each, nodes.TemplateData) else _filtered(each, insert)
        for each in output.nodes
    ]


def _compilable(tree: nodes.Template) -> None:
    # An unknown filter or test shows only when code is made of it.
    for each in tree.find_all((nodes.Filter, nodes.Test)):
        table = _ENVIRONMENT.filters if isinstance(each, nodes.Filter) else _ENVIRONMENT.tests
        if each.name not in table:
            what = "filter" if isinstance(each, nodes.Filter) else "test"
            public = [name for name in table if name.isidentifier() and not name.startswith("_")]
            raise TemplateSyntaxError(f'no {what} "{each.name}"{nearest(each.name, public)}', 1)


def _path(node: nodes.Expr, kind: str) -> tuple[str, ...] | None:
    """Give the words that lead to a value which needs no computing."""
    if isinstance(node, nodes.Name):
        # ref, source, kind and id come from the Ref, not from the record's words.
        return None if node.name in ("ref", "source", "kind", "id") else (node.name,)
    if not isinstance(node, nodes.Getitem) or not isinstance(node.node, nodes.Name):
        return None
    caption = node.arg
    if not isinstance(caption, nodes.Const) or not isinstance(caption.value, str):
        return None
    return (node.node.name, caption.value) if words_of(kind)[node.node.name].shape == "captions" else None


def context_of(kind: str, words: Collection[str]) -> Callable[[Mapping[str, Any], Any], dict[str, Any]]:
    """Give the function that prepares the used words of a record, and of its Ref, for an expression."""
    known = words_of(kind)
    shaped = [(word, _shape_of(known[word])) for word in sorted(words)]
    own = [word for word in ("ref", "source", "kind", "id") if word in words]
    shaped = [each for each in shaped if each[0] not in own]

    def context(record: Mapping[str, Any], ref: Any) -> dict[str, Any]:
        get = record.get
        held = {word: shape(get(word)) for word, shape in shaped}
        for word in own:
            held[word] = str(ref) if word == "ref" else getattr(ref, word)
        return held

    return context


def joined(expressions: Sequence[Expression]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    """Compile many expressions into one function from a prepared context to the tuple of their values."""
    body: list[nodes.Node] = []
    items: list[nodes.Expr] = []
    for number, each in enumerate(expressions):
        if each.body:
            target = f"value_{number}"
            body.append(nodes.AssignBlock(nodes.Name(target, "store"), None, list(each.body), lineno=1))
            items.append(nodes.Name(target, "load"))
        elif each.node is not None:
            items.append(each.node)
        else:
            items.append(nodes.Const(each.constant))
    body.append(nodes.Assign(nodes.Name("result", "store"), nodes.Tuple(items, "load"), lineno=1))
    tree = nodes.Template(body, lineno=1)
    for node in tree.find_all(nodes.Node):
        node.lineno = node.lineno or 1
    tree.set_environment(_ENVIRONMENT)
    template = _ENVIRONMENT.from_string(tree)
    render = template.root_render_func

    known: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def values(context: dict[str, Any]) -> tuple[Any, ...]:
        # Types and statuses are few: what was worked out of them once is looked up, for a tenth of the time.
        kinds = tuple(map(type, context.values()))
        key = (*kinds, *context.values()) if _PLAIN.issuperset(kinds) else None
        if key is not None and (found := known.get(key)) is not None:
            return found
        frame = template.new_context(context, shared=True)
        for _ in render(frame):
            pass
        result: tuple[Any, ...] = frame.vars["result"]
        if key is not None and _PLAIN.issuperset(map(type, result)):
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[key] = result
        return result

    return values
