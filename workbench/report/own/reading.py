"""Own chapters of a study, read from their notebooks: what they are called, what they need, when they run."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import nbformat
from pydantic import create_model

from workbench.core.language import Message, Spoken, message
from workbench.core.listing import listed
from workbench.report.chapter import Chapter, ChapterParameters, Section
from workbench.report.run.keys import without_magic
from workbench.store import Wave
from workbench.store.config import WaveConfig
from workbench.store.config.parts import TableName, Words

FOLDER = "chapters"
NAME = re.compile(r"^\d\d_[a-z0-9_]+$")
ANSWERS = "respondents"
# what the cell of parameters says of the chapter itself, besides its parameters
OF_THE_CHAPTER = ("title", "needs")
FRONT = "90_summary"
# of no consequence to numbers, or told anew with every run
NOT_SETTINGS = ("chapters", "signed", "notify", "study", "wave", "previous", "as_of", "engine")


@dataclass(frozen=True)
class _Told:
    """What a notebook says of itself."""

    values: Mapping[str, Any]
    titles: Mapping[str, str] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    fault: Message | None = None


def own_chapters(study: Path, others: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """Return the own chapters of a study, in the order of their names.

    Parameters
    ----------
    study
        The study's folder; its notebooks lie in ``chapters/`` and are called like ``65_brands.ipynb``.
    others
        The chapters of the report. An own one runs after all of a smaller number, and may read whatever they keep.

    Returns
    -------
    tuple of Chapter
        A notebook that cannot run as a chapter is one that is left out and says why.

    Notes
    -----
    The cell tagged ``parameters`` sets ``wave_folder``, and may set ``title`` (a text, or language → text), ``needs``
    (columns of the answers, ``table.column``, or artefacts, without which the chapter is left out) and parameters of
    its own. Cells tagged ``section-<id>`` stand or fall alone, as in the report's own chapters.
    """
    books = sorted((study / FOLDER).glob("*.ipynb"))
    taken = {c.name for c in others}
    return tuple(_chapter(b, others, b.stem in taken) for b in books)


def _chapter(book: Path, others: Sequence[Chapter], taken: bool) -> Chapter:
    told = _read(book)
    fault = told.fault
    if not NAME.match(book.stem):
        fault = message("Own chapters are called like 65_brands.ipynb, so that their order is known.")
    elif taken:
        fault = message("A chapter of the report has this name; give it another.")
    before = [c for c in others if c.name < book.stem]
    parameters = {k: v for k, v in told.values.items() if k not in (*OF_THE_CHAPTER, "wave_folder")}
    model = create_model(  # type: ignore[call-overload]
        "OwnParameters", __base__=ChapterParameters, **{k: (type(v), v) for k, v in parameters.items()}
    )
    needs = [str(n) for n in told.values.get("needs", ())]
    settings = tuple(f for f in WaveConfig.model_fields if f not in NOT_SETTINGS)
    return Chapter(
        name=book.stem,
        title=Message("{title}", {"title": _title(told, book)}),
        parameters=model,
        reads=(*get_args(TableName), *(a for c in before for a in c.makes)),
        makes=(),
        after=tuple(c.name for c in before),
        left_out=lambda wave: fault or _missing(wave, needs),
        settings=settings,
        beside=tuple(f"../{FOLDER}/{p.name}" for p in sorted(book.parent.glob("*.py"))),
        sections=told.sections,
        home=book.parent,
    )


def _title(told: _Told, book: Path) -> Spoken | str:
    title = told.values.get("title")
    if isinstance(title, str):
        return title
    return _in_both(title) or re.sub(r"^\d+_", "", book.stem).replace("_", " ").capitalize()


def _missing(wave: Wave, needs: Sequence[str]) -> Message | None:
    """Return which needs a wave does not meet."""
    gone = []
    for need in needs:
        table, dot, column = need.partition(".")
        there = wave.has(table) if dot or wave.has(need) else wave.has(ANSWERS)
        if dot or not wave.has(need):
            there = there and (column or need) in wave.columns(table if dot else ANSWERS)
        if not there:
            gone.append(need)
    return message("It needs {tables}, which this wave does not have.", tables=listed(gone)) if gone else None


def _read(book: Path) -> _Told:
    try:
        cells: Any = nbformat.read(book, as_version=4).cells  # type: ignore[no-untyped-call]
        code = [c for c in cells if c.cell_type == "code"]
        first = next((c for c in code if "parameters" in c.metadata.get("tags", [])), None)
        values = {} if first is None else _assigned(first.source)
        if "wave_folder" not in values:
            return _Told({}, fault=message("It has no cell tagged 'parameters' that sets wave_folder."))
        if any(_opens_one_wave(c.source) for c in code):
            return _Told({}, fault=message("It opens one wave whatever runs it: write Wave.open(wave_folder)."))
        return _Told(values, sections=_sections(cells))
    except (OSError, ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        return _Told({}, fault=message("It cannot be read as a notebook: {found}.", found=said))


def _assigned(source: str) -> dict[str, Any]:
    """Return the plain values that a cell assigns to names."""
    found = {}
    for line in ast.parse(source).body:
        if isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name):
            try:
                found[line.targets[0].id] = ast.literal_eval(line.value)
            except ValueError:  # computed: a parameter is a plain value
                continue
    return found


def _opens_one_wave(source: str) -> bool:
    """Tell whether a cell opens a wave that it names itself, so that every wave would show this one."""
    try:
        tree = ast.parse(without_magic(source))
    except SyntaxError:
        return False  # the run will say what is wrong with it
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    opening = [c for c in calls if c.func.attr == "open" and isinstance(c.func.value, ast.Name)]  # type: ignore[attr-defined]
    return any(c.func.value.id == "Wave" and c.args and isinstance(c.args[0], ast.Constant) for c in opening)  # type: ignore[attr-defined]


def _sections(cells: Sequence[Any]) -> tuple[Section, ...]:
    """Return the sections that cells are tagged with, each with the heading of its prose."""
    titles: dict[str, dict[str, str]] = {}
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        for tag in (t.removeprefix("section-") for t in tags if t.startswith("section-")):
            found = titles.setdefault(tag, {})
            heading = re.match(r"#+\s*(.+)", cell.source) if cell.cell_type == "markdown" else None
            if heading:
                spoken = next((n for n, t in (("en", "lang-en"), ("zh-CN", "lang-zh")) if t in tags), "")
                found.setdefault(spoken, heading[1].strip())
    return tuple(Section(name, Message("{title}", {"title": _heading(name, t)})) for name, t in titles.items())


def _heading(name: str, titles: Mapping[str, str]) -> Spoken | str:
    return _in_both(titles) or next(iter(titles.values()), name.replace("_", " "))


def _in_both(given: object) -> Words | None:
    """Return words that are given in both languages, None where they are not."""
    if not isinstance(given, dict) or not {"en", "zh-CN"} <= set(given):
        return None
    return Words.model_validate({k: str(given[k]) for k in ("en", "zh-CN")})
