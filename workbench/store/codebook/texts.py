"""A codebook as YAML that a person can edit, and back: nothing is lost on the way, and every mistake has its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import yaml

from workbench.core.errors import ConfigError, InputError, nearest
from workbench.store.codebook.coded import UNKNOWN, Choice, CodedColumn, MissingCode, MultipleSet, Texts

T = TypeVar("T")
BOOK_KEYS = ("tool", "title", "weight", "notes", "columns", "sets")
COLUMN_KEYS = ("text", "kind", "choices", "missing", "set", "tool_id", "measure")
MISSING_KEYS = ("code", "low", "high", "kind")
SET_KEYS = ("label", "columns", "counted")
WIDTH = 110
_HEAD = """\
# What the columns of a table mean. What stands here goes before what the file itself says.
# A text is one text, or one per language: {en: …, zh-CN: …}. kind: single, multiple, scale, number, text, date, rank,
# id, weight. missing: [{code: -99, kind: refused | skipped | not_shown | other}], or {low: …, high: …}.
"""


def codebook_to_yaml(
    *,
    columns: Iterable[CodedColumn],
    sets: Iterable[MultipleSet],
    notes: Sequence[str],
    tool: str,
    weight: str | None,
    title: Texts,
) -> str:
    """Return the parts of a codebook as YAML; `codebook_from_yaml` gives the same parts.

    Examples
    --------
    >>> text = codebook_to_yaml(columns=[CodedColumn("Q1")], sets=[], notes=(), tool="csv", weight=None, title={})
    >>> print(text.split("other}], or {low: …, high: …}.")[1].strip())
    tool: csv
    columns:
      Q1: {kind: text}
    """
    content = plain_parts(columns=columns, sets=sets, notes=notes, tool=tool, weight=weight, title=title)
    return _HEAD + yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)


def plain_parts(
    *,
    columns: Iterable[CodedColumn],
    sets: Iterable[MultipleSet],
    notes: Sequence[str],
    tool: str,
    weight: str | None,
    title: Texts,
) -> dict[str, Any]:
    """Return the parts of a codebook as plain values, as YAML has them."""
    return _filled(
        tool=tool,
        title=_short(title),
        weight=weight,
        notes=list(notes),
        columns={c.name: _column(c) for c in columns},
        sets={s.name: _filled(label=_short(s.label), columns=list(s.columns), counted=s.counted) for s in sets},
    )


def plain_yaml(text: str, *, where: str) -> dict[str, Any]:
    """Return what a codebook's YAML says as plain values.

    Raises
    ------
    ConfigError
        If it is not YAML.
    """
    try:
        content = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ConfigError(
            "A codebook is YAML.",
            found=str(error).replace("\n", " "),
            fix="Correct the line; two spaces indent, ': ' after a key.",
            where=where,
        ) from error
    return _Reader(where).mapping(content or {}, BOOK_KEYS, "codebook")


def codebook_from_yaml(text: str | Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Return the parts of a codebook that YAML says, or its plain values.

    Raises
    ------
    ConfigError
        If it is not YAML, a key is not known, or a value is not what its key needs; with its place.

    Examples
    --------
    >>> codebook_from_yaml("columns: {Q1: {choices: {1: Yes}}}", where="codebook.yaml")["columns"][0].choices
    (Choice(code=1, labels={'und': 'Yes'}),)
    """
    reader = _Reader(where)
    top = plain_yaml(text, where=where) if isinstance(text, str) else reader.mapping(dict(text), BOOK_KEYS, "codebook")
    columns = reader.mapping(top.get("columns", {}), None, "columns")
    sets = reader.mapping(top.get("sets", {}), None, "sets")
    return {
        "columns": tuple(reader.column(str(name), entry) for name, entry in columns.items()),
        "sets": tuple(reader.answer_set(str(name), entry) for name, entry in sets.items()),
        "notes": tuple(str(n) for n in reader.listed(top.get("notes", []), "notes")),
        "tool": str(top.get("tool", "")),
        "weight": None if top.get("weight") is None else str(top["weight"]),
        "title": reader.texts(top.get("title", {}), "title"),
    }


def _column(column: CodedColumn) -> dict[str, Any]:
    missing = [_filled(code=m.code, low=m.low, high=m.high, kind=m.kind) for m in column.missing]
    choices = {c.code: _short(c.labels) for c in column.choices}
    return _filled(
        text=_short(column.text),
        kind=column.kind,
        choices=choices,
        missing=missing,
        set=column.set_name,
        tool_id=column.tool_id,
        measure=column.measure,
    )


def _short(texts: Texts) -> str | dict[str, str]:
    return texts[UNKNOWN] if set(texts) == {UNKNOWN} else dict(texts)


def _filled(**entries: Any) -> dict[str, Any]:
    # a code of 0 and an empty text are values; an empty list or mapping says nothing
    return {k: v for k, v in entries.items() if v is not None and not (isinstance(v, list | dict) and not v)}


class _Reader:
    """Turns the plain values of YAML into the parts of a codebook, and says where one is wrong."""

    def __init__(self, where: str) -> None:
        self.where = where

    def column(self, name: str, entry: Any) -> CodedColumn:
        place = f"columns.{name}"
        keys = self.mapping(entry or {}, COLUMN_KEYS, place)
        choices = self.mapping(keys.get("choices", {}), None, f"{place}.choices")
        missing = [
            self.mapping(m, MISSING_KEYS, f"{place}.missing") for m in self.listed(keys.get("missing", []), place)
        ]
        return self.made(
            lambda: CodedColumn(
                name,
                self.texts(keys.get("text", {}), f"{place}.text"),
                keys.get("kind", "text"),
                tuple(Choice(code, self.texts(label, f"{place}.choices.{code}")) for code, label in choices.items()),
                tuple(MissingCode(**m) for m in missing),
                keys.get("set"),
                keys.get("tool_id"),
                keys.get("measure"),
            ),
            place,
        )

    def answer_set(self, name: str, entry: Any) -> MultipleSet:
        place = f"sets.{name}"
        keys = self.mapping(entry, SET_KEYS, place)
        label = self.texts(keys.get("label", {}), f"{place}.label")
        columns = tuple(str(c) for c in self.listed(keys.get("columns", []), f"{place}.columns"))
        return self.made(lambda: MultipleSet(name, label, columns, keys.get("counted")), place)

    def texts(self, entry: Any, place: str) -> dict[str, str]:
        if isinstance(entry, dict):
            return {str(k): str(v) for k, v in entry.items()}
        if isinstance(entry, list):
            raise self.wrong("A text is one text, or one per language.", "a list", place)
        return {} if entry is None else {UNKNOWN: str(entry)}

    def listed(self, entry: Any, place: str) -> list[Any]:
        if not isinstance(entry, list):
            raise self.wrong("A list is needed here.", repr(entry), place)
        return entry

    def mapping(self, entry: Any, known: Sequence[str] | None, place: str) -> dict[Any, Any]:
        if not isinstance(entry, dict):
            raise self.wrong("Keys with values are needed here.", repr(entry), place)
        strange = [k for k in entry if known is not None and k not in known]
        if strange:
            hint = nearest(str(strange[0]), known or ())
            raise self.wrong("Every key of a codebook is known.", f"{strange[0]}{hint}", place)
        return entry

    def made(self, make: Callable[[], T], place: str) -> T:
        try:
            return make()
        except InputError as error:
            raise ConfigError(error.rule, found=error.found, fix=error.fix, where=f"{self.where}: {place}") from error

    def wrong(self, rule: str, found: str, place: str) -> ConfigError:
        return ConfigError(rule, found=found, fix="Correct the codebook.", where=f"{self.where}: {place}")


def _own_resolvers(base: Mapping[str, list[tuple[str, Any]]]) -> dict[str, list[tuple[str, Any]]]:
    # an answer 'yes' or '2026-01-31' is a text, and a person who edits the file writes it without quotes
    dropped = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
    return {first: [(t, p) for t, p in found if t not in dropped] for first, found in base.items()}


_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, in C and ten times as fast


class _Loader(_Safe):  # type: ignore[misc]
    yaml_implicit_resolvers = _own_resolvers(yaml.SafeLoader.yaml_implicit_resolvers)


class _Dumper(yaml.SafeDumper):
    """Writes short entries in one line, and what is shared as often as it stands there."""

    yaml_implicit_resolvers = _own_resolvers(yaml.SafeDumper.yaml_implicit_resolvers)
    depth = 0

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - as the base class has it
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = self.depth > 2 and len(str(mapping)) < WIDTH - 30
        return node

    def represent_data(self, data: Any) -> Any:
        self.depth += 1
        try:
            return super().represent_data(data)
        finally:
            self.depth -= 1


def _written(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # rare line ends would be read back as blanks; in double quotes they are escaped
    style = '"' if re.search("[\\x85\\u2028\\u2029\\r]", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _written)
