"""The parts of a finished page: panels with their numbers, tables, sentences, facts and actions, in one language.

Slides are made of pages as they were published, after small counts were hidden: a deck says nothing that the page does
not say, and in the same words.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workbench.report.site.render import Page

CROSSTAB, TREND = re.compile(r"^t\d{3}$"), re.compile(r"^t\d{3}-waves$")


@dataclass(frozen=True)
class Cell:
    """A cell of a table: as it reads, its number where it has one, and the letters that stand raised behind it."""

    text: str
    value: float | None = None
    span: int = 1
    head: bool = False
    letters: str = ""


@dataclass(frozen=True)
class Numbers:
    """A table as it stands on a page.

    Attributes
    ----------
    names
        Columns by the names the program knows them by; empty where the page does not say them.
    heads
        Rows of the table's head; the last has a cell per column.
    rows
        Rows below it.
    notes
        What stands at its foot.
    """

    names: tuple[str, ...]
    heads: tuple[tuple[Cell, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> list[Cell]:
        """Return the cells of a column."""
        place = self.names.index(name)
        return [row[place] for row in self.rows]

    def label(self, name: str) -> str:
        """Return what a column is called on the page."""
        return self.heads[-1][self.names.index(name)].text


@dataclass(frozen=True)
class Part:
    """A part of a page.

    Attributes
    ----------
    kind
        ``panel`` (a finding with its proof), ``table``, ``crosstab``, ``trend``, ``statements``,
        ``facts`` or ``actions``.
    name
        Its address within the page.
    title
        Its heading: of a panel the finding, of a table what it shows.
    measure
        What is drawn and in what unit; of a table the question.
    note
        What is said below.
    numbers
        Its table.
    lines
        Of sentences, facts and actions: heading, and what is said under it.
    cells
        Of a table of questions by groups: its cells, row after row, as its download has them.
    row, group
        The row and the group of columns that its finding is about.
    """

    kind: str
    name: str
    title: str = ""
    measure: str = ""
    note: str = ""
    numbers: Numbers | None = None
    lines: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())
    cells: tuple[dict[str, str], ...] = ()
    row: int | None = None
    group: str = ""


def parts_of(page: Page) -> list[Part]:
    """Return the parts of a page in their order, its head first.

    Examples
    --------
    >>> from workbench.report.site.render import Item
    >>> head = '<ul class="statements"><li><p><strong>NPS is +38.</strong> No change.</p></li></ul>'
    >>> [(p.kind, p.lines) for p in parts_of(Page((), (), {}, {}, "Fine", head))]
    [('statements', (('NPS is +38.', ('No change.',)),))]
    """
    found = [_statements(page.title, head) for head in _find(_tree(page.head), "ul", "statements")]
    for item in page.items:
        if item.kind in ("block", "panel") and item.html.strip():
            found += _read(_tree(item.html), page)
    return found


def _read(tree: Any, page: Page) -> Iterator[Part]:
    for figure in tree.iter("figure"):
        name, kind = figure.get("id"), figure.get("class")
        if not name or kind not in ("panel", "table"):
            continue
        table = next(figure.iter("table"), None)
        numbers = None if table is None else _numbers(table, _names(page, name), figure)
        if kind == "panel":
            title, measure = (_text(next(iter(_find(figure, *w)), None)) for w in (("h3", None), ("p", "measure")))
            note = " ".join(_text(p) for p in _find(figure, "p", "note"))
            yield Part("panel", name, title, measure, note, numbers)
        elif TREND.match(name):
            found = next(iter(_find(figure, "p", "finding")), None)
            full = next((n for n in page.tables if n.startswith(f"{name}-")), name)
            cells = tuple(csv.DictReader(io.StringIO(page.tables.get(full, ""))))
            of_row = tuple(c for c in cells if c["row"] == figure.get("data-row"))
            label = next((d.get("aria-label") for d in figure.iter("div") if d.get("aria-label")), "")
            yield Part("trend", name, _text(found), label, "", numbers, (), of_row)
        elif CROSSTAB.match(name):
            strong = _text(next(figure.iter("strong"), None))
            found = next(iter(_find(figure, "p", "finding")), None)
            row = None if found is None else found.get("data-row")
            full = next((n for n in page.tables if n.startswith(f"{name}-")), name)
            cells = tuple(csv.DictReader(io.StringIO(page.tables.get(full, ""))))
            about = (None if row is None else int(row), "" if found is None else found.get("data-group", ""))
            yield Part("crosstab", full, _text(found), strong, "", numbers, (), cells, *about)
        else:
            caption = re.sub(r"^\s*\S+ \d+\s*", "", _text(next(figure.iter("caption"), None)))
            yield Part("table", name, caption, "", "", numbers)
    for listed in _find(tree, "ul", "facts"):
        yield Part("facts", "facts", lines=tuple(_fact(li) for li in listed.iter("li")))
    for listed in _find(tree, "ol", "actions"):
        yield Part("actions", "actions", lines=tuple(_action(li) for li in listed.iter("li")))


def _statements(title: str, listed: Any) -> Part:
    lines = []
    for li in listed.iter("li"):
        said = next(li.iter("p"))
        lead = _text(next(said.iter("strong"), None))
        rest = _text(said)[len(lead) :].strip()
        lines.append((lead, (rest,) if rest else ()))
    return Part("statements", "statements", title, lines=tuple(lines))


def _fact(li: Any) -> tuple[str, tuple[str, ...]]:
    for link in list(li.iter("a")):
        link.text = ""
    return _text(next(li.iter("h3"), None)), tuple(t for t in (_text(p) for p in li.iter("p")) if t)


def _action(li: Any) -> tuple[str, tuple[str, ...]]:
    said = [_text(p) for p in li.iter("p") if p.get("class") != "list"]
    terms = [f"{_text(t)}: {_text(d)}" for t, d in zip(li.iter("dt"), li.iter("dd"), strict=False)]
    return _text(next(li.iter("h3"), None)), tuple(t for t in (*said, *terms) if t)


def _numbers(table: Any, names: tuple[str, ...], figure: Any) -> Numbers:
    heads = tuple(tuple(_cell(c) for c in row) for part in table.iter("thead") for row in part.iter("tr"))
    rows = tuple(tuple(_cell(c) for c in row) for part in table.iter("tbody") for row in part.iter("tr"))
    notes = [_text(li) for listed in _find(figure, "ul", "notes") for li in listed.iter("li")]
    notes += [_text(p) for p in figure.iter("p") if p.getparent().tag == "div" and p.get("class") in (None, "note")]
    whole = bool(rows) and len(names) == len(rows[0])
    return Numbers(names if whole else (), heads, rows, tuple(dict.fromkeys(n for n in notes if n)))


def _names(page: Page, name: str) -> tuple[str, ...]:
    text = page.tables.get(name, "")
    return tuple(next(csv.reader(io.StringIO(text)), ())) if text else ()


def _cell(cell: Any) -> Cell:
    given = cell.get("data-value")
    letters = "".join(_text(raised) for raised in cell.iter("sup"))
    text = _text(cell).removesuffix(letters).strip()
    try:
        value = None if given is None else float(given)
    except ValueError:  # a date that is sorted by its own order
        value = None
    return Cell(text, value, int(cell.get("colspan", 1)), cell.tag == "th", letters)


def _tree(html: str) -> Any:
    from lxml import html as parser

    bare = re.sub(r"<svg .*?</svg>", "", html, flags=re.DOTALL)  # drawings are drawn anew, and are most of a page
    return parser.fragment_fromstring(bare or "", create_parent="div")


def _find(tree: Any, tag: str, kind: str | None) -> list[Any]:
    return [e for e in tree.iter(tag) if kind is None or e.get("class") == kind]


def _text(element: Any) -> str:
    return "" if element is None else re.sub(r"\s+", " ", str(element.text_content())).strip()
