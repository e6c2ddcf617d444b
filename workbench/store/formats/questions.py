"""From the columns of a tool's file to its codebook: special columns, questions, and columns that make one question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from workbench.store.codebook import Choice, Codebook, CodedColumn, MultipleSet
from workbench.store.codebook.coded import Code, Kind, MissingKind
from workbench.store.formats.kinds import NO_ANSWER, code_of, coded_column, missing_codes, words
from workbench.store.formats.layout import Layout
from workbench.store.formats.multiple import split_answers
from workbench.store.formats.reading import Values
from workbench.store.joined_cells import Chosen

Part = tuple[str, str, str]  # set, its question, the choice of a column
TAG = re.compile(r"<[^>]{1,80}>|&nbsp;")
FEWEST_CELLS, MOST_PARTS = 10, 15


@dataclass(frozen=True)
class Questions:
    """A codebook, and what has to be made of the file's columns for it.

    Attributes
    ----------
    book
        What the columns mean.
    derived
        New column → which choice of a cell it tells.
    """

    book: Codebook
    derived: Mapping[str, Chosen] = field(default_factory=dict)


def describe(
    values: Values,
    layout: Layout,
    *,
    tool: str,
    special: Mapping[str, Kind],
    part_of: Callable[[str, str], Part | None] = lambda _name, _label: None,
    chosen: Iterable[str] = ("1",),
    not_chosen: Iterable[str] = ("0",),
    extra: Mapping[str, MissingKind] | None = None,
    separator: str | None = None,
    kinds: Mapping[str, Kind] | None = None,
) -> Questions:
    """Return what the columns of a file mean.

    Parameters
    ----------
    values
        The values of its columns.
    layout
        How it lies, with questions and the tool's own ids where it has them.
    tool
        The tool's name.
    special
        Columns of the tool itself, such as times and ids, and what they are.
    part_of
        Name and question of a column → set, its question and the choice, where the column may be one choice of a
        question; it is, where its values only say whether that was chosen.
    chosen, not_chosen
        The values that say so; the choice's own text also says that it was.
    extra
        The tool's codes for no answer.
    separator
        What joins several choices in one cell.
    kinds
        Kinds that the tool tells.

    Examples
    --------
    >>> from workbench.core.engine import DuckDBEngine
    >>> from workbench.store.formats.reading import values_of
    >>> item = "(SELECT * FROM (VALUES ('1', 'x'), ('2', 'y')) AS t(id, q))"
    >>> found = values_of(item, ("id", "q"), DuckDBEngine())
    >>> describe(found, Layout(("id", "q"), 1, 1, 2), tool="t", special={"id": "id"}).book.column("id").kind
    'id'
    """
    sets = _sets(values, layout, part_of, set(chosen), set(not_chosen), extra or {}, special)
    member = {c: (name, s) for name, s in sets.items() for c in s.choices}
    columns: list[CodedColumn] = []
    joined: list[MultipleSet] = []
    derived: dict[str, Chosen] = {}
    for name in values.columns:
        question = bare_text(layout.label(name)) if name in layout.names else ""
        tool_id = layout.tool_id(name) if name in layout.names else None
        if name in special:
            columns.append(CodedColumn(name, words(question), special[name], tool_id=tool_id))
        elif name in member:
            set_name, s = member[name]
            missing = missing_codes(values.of(name), extra)
            columns.append(CodedColumn(name, words(s.choices[name]), "multiple", s.codes, missing, set_name, tool_id))
        else:
            told = (kinds or {}).get(name)
            if separator is not None and told is None:
                parts = split_answers(name, values, separator, set_name=name, extra=extra)
                if parts is not None and _are_choices(values, name, separator, [c.text for c in parts.columns]):
                    columns += [
                        CodedColumn(name, words(question), "text", missing=parts.missing, tool_id=tool_id),
                        *parts.columns,
                    ]
                    joined.append(MultipleSet(name, words(question or name), tuple(parts.derived), 1))
                    derived |= parts.derived
                    continue
            columns.append(coded_column(name, values, question=question, tool_id=tool_id, extra=extra, kind=told))
    made = [MultipleSet(n, words(s.question), tuple(s.choices), s.counted) for n, s in sets.items()]
    return Questions(Codebook(tuple(columns), (*made, *joined), tool=tool), derived)


def bare_text(text: str) -> str:
    """Return a question without the signs of its layout.

    Examples
    --------
    >>> bare_text("Would you <br>play?&nbsp;")
    'Would you play?'
    """
    return re.sub(r"\s+", " ", TAG.sub(" ", text)).strip()


@dataclass(frozen=True)
class _Set:
    question: str
    choices: Mapping[str, str]
    codes: tuple[Choice, ...]
    counted: Code | None


def _sets(
    values: Values,
    layout: Layout,
    part_of: Callable[[str, str], Part | None],
    chosen: set[str],
    not_chosen: set[str],
    extra: Mapping[str, MissingKind],
    special: Mapping[str, Kind],
) -> dict[str, _Set]:
    groups: dict[str, dict[str, Part]] = {}
    for name in values.columns:
        part = part_of(name, layout.label(name) if name in layout.names else "") if name not in special else None
        if part is not None:
            groups.setdefault(part[0], {})[name] = part
    found: dict[str, _Set] = {}
    for set_name, members in groups.items():
        if len(members) < 2:
            continue
        used = {c: set(values.of(c)) - set(NO_ANSWER) - set(extra) for c in members}
        if any(values.counts.get(c) is None for c in members) or not any(used.values()):
            continue
        question = bare_text(next(iter(members.values()))[1])
        texts = {c: bare_text(p[2]) for c, p in members.items()}
        if all(u <= chosen | not_chosen for u in used.values()):
            counted = next(iter(sorted({v for u in used.values() for v in u & chosen})), next(iter(sorted(chosen))))
            codes = tuple(Choice(code_of(v)) for v in sorted({v for u in used.values() for v in u} | {counted}))
            found[set_name] = _Set(question, texts, codes, code_of(counted))
        elif all(len(u) <= 1 and {bare_text(v) for v in u} <= {texts[c]} for c, u in used.items()):
            given = {c: next(iter(u), texts[c]) for c, u in used.items()}
            codes = tuple(Choice(v, words(bare_text(v))) for v in dict.fromkeys(given.values()))
            found[set_name] = _Set(question, texts, codes, None)
    return found


def _are_choices(values: Values, name: str, separator: str, parts: Iterable[Mapping[str, str]]) -> bool:
    """Tell whether what a sign splits are choices, not sentences: few, repeated, and some chosen alone."""
    if separator not in (",", ", ", ";", "; "):
        return True
    labels = [next(iter(p.values()), "") for p in parts]
    cells = values.of(name)
    alone = [label for label in labels if cells.get(label)]
    used = [sum(n for c, n in cells.items() if label in c.split(separator)) for label in labels]
    return (
        2 <= len(labels) <= MOST_PARTS
        and len(alone) >= max(2, len(labels) / 2)
        and sum(cells.values()) >= FEWEST_CELLS
        and min(used) >= 2
    )
