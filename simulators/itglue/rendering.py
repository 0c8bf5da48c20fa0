"""Rows as the API shows them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from simulators.itglue.schema import Attribute, Computed, Destination, Gathered, Part, Resource, Row, TraitValues, Twin
from simulators.itglue.traits import Traits
from simulators.records import Table


class _Step(NamedTuple):
    """How one attribute is shown: worked out, or else as stored."""

    name: str
    default: Any
    work_out: Callable[[int, Row], Any] | None
    rare: bool


class Rendering:
    """Render rows after a plan made once per resource."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self._plans: dict[tuple[str, bool, bool], list[_Step]] = {}

    def document(self, resource: Resource, record: int, row: Row, *, listed: bool = False, whole: bool = False) -> Row:
        """Render a resource object; `listed` cuts what lists cut, `whole` shows what the API hides."""
        return {
            "id": str(record),
            "type": resource.type,
            "attributes": self._attributes(resource, record, row, listed, whole),
            "relationships": {},
        }

    def _attributes(self, resource: Resource, record: int, row: Row, listed: bool, whole: bool) -> Row:
        plan = self._plans.get((resource.name, listed, whole))
        if plan is None:
            plan = self._plans[resource.name, listed, whole] = [
                self._step(part, listed, whole) for part in resource.shape if whole or part.name not in resource.hidden
            ]
        shown = {}
        for name, default, work_out, rare in plan:
            if work_out is None:
                if rare and name not in row:
                    continue
                shown[name] = row.get(name, default)
            else:
                shown[name] = work_out(record, row)
        return shown

    def _step(self, part: Part, listed: bool, whole: bool) -> _Step:
        if isinstance(part, Attribute):
            return _Step(part.name, part.default, _worked_out(part, listed), part.rare and not whole)
        if isinstance(part, Twin):
            return _Step(part.name, None, self._twin(part), False)
        if isinstance(part, Computed):
            return _Step(part.name, None, part.work_out, False)
        if isinstance(part, Gathered):
            tables, gather = self._tables, part.work_out
            return _Step(part.name, None, lambda record, row: gather(tables, record, row), False)
        if isinstance(part, TraitValues):
            return _Step(part.name, None, Traits(self._tables).shown, False)
        if isinstance(part, Destination):
            return _Step(part.name, None, self._destination(part), False)
        table, field = self._tables[part.table], part.field
        return _Step(part.name, None, lambda record, _: len(table.find(field, record)), False)

    def _twin(self, part: Twin) -> Callable[[int, Row], Any]:
        rows, via, of = self._tables[part.table].rows, part.via, part.of

        def name(_: int, row: Row) -> Any:
            target = row.get(via)
            if target is None or (held := rows.get(target)) is None:
                return None
            return held.get(of)

        return name

    def _destination(self, part: Destination) -> Callable[[int, Row], Any]:
        def value(_: int, row: Row) -> Any:
            table, _, record = row["destination"].partition(":")
            return self._tables[table].rows.get(int(record), {}).get(part.of, part.default)

        return value


def _worked_out(part: Attribute, listed: bool) -> Callable[[int, Row], Any] | None:
    name, default, show, cut = part.name, part.default, part.show, part.cut
    if show is not None:
        return lambda _, row: show(row.get(name))
    if listed and cut is not None:
        return lambda _, row: row[name][:cut] if name in row else default
    return None
