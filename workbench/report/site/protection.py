"""What pages and downloads leave out: counts of few people, what rests on them, and what would give them away.

Everything that leaves a wave's folder passes here, after the notebooks and before anything is written: a table's cells,
its download, and the picture that draws them are decided together for all pages of an edition.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

from workbench.core.language import Language, message
from workbench.privacy.linked_tables import FEW, SECONDARY, CountTable, Place, hidden_in
from workbench.report.site.blocks import WIDE
from workbench.report.site.render import Item, Page
from workbench.report.site.unsaid import names_of, speaks_of, without_sentences

HIDDEN = "–"
# what rests on the first count of a row, whatever other counts it has
OF_THE_FIRST = frozenset({"amount", "frame_share"})
# no letter of any language, and a digit
_NUMBER_LIKE = re.compile(r"^(?=.*\d)(?:[\d_]|\W)+$")

Pages = Mapping[tuple[str, Language], Page]
Cells = dict[int, dict[str, str]]  # row → column → few or hidden


def protected(pages: Pages, minimum: int) -> dict[tuple[str, Language], Page]:
    """Return the pages of an edition as they may leave the wave's folder.

    Parameters
    ----------
    pages
        Chapter and language → page.
    minimum
        Counts of people below it are not told.

    Returns
    -------
    dict
        The same pages: small counts read "< 10", all other numbers of their rows, and counts that would give them away
        with those of their rows, a dash; a picture that draws such a count has left. The same in every language, and
        in the downloads, which are made of these pages.
    """
    first = {chapter: page for (chapter, _), page in reversed(list(pages.items()))}
    tables = [_counted(c, n, page) for c, page in first.items() for n in page.people if n in page.tables]
    found: dict[tuple[str, str], Cells] = defaultdict(lambda: defaultdict(dict))
    for (name, column, row), how in _cells(tables, minimum).items():
        chapter, _, table = name.partition("/")
        found[chapter, table][row][column] = how
    unsaid = {language: _hidden_names(pages, language, found) for _, language in pages}
    return {k: _unsaid(_page(page, *k, found, minimum), unsaid[k[1]]) for k, page in pages.items()}


def _hidden_names(pages: Pages, language: Language, found: Mapping[tuple[str, str], Cells]) -> set[str]:
    """Return the groups, as pages of a language call them, of whose estimates nothing is left."""
    names: set[str] = set()
    for (chapter, name), cells in found.items():
        page = pages[chapter, language]
        based = {c for c, v in page.people[name].items() if c != WIDE and v[0] == "base"}
        rows = [r for r, hidden in cells.items() if based & set(hidden)]
        if rows and WIDE not in page.people[name]:
            names |= {n for i in page.items if _shows(i.html, name) for n in names_of(i.html, rows)}
    return names


def _unsaid(page: Page, names: set[str]) -> Page:
    if not names:
        return page
    items = tuple(Item(i.kind, without_sentences(i.html, names)) for i in page.items)
    figures = {n: without_sentences(html, names) for n, html in page.figures.items()}
    title = "" if speaks_of(page.title, names) else page.title
    return replace(page, items=items, figures=figures, title=title, head=without_sentences(page.head, names))


def _cells(tables: list[CountTable], minimum: int) -> dict[Place, str]:
    return hidden_in(tables, minimum=minimum)


def _counted(chapter: str, name: str, page: Page) -> CountTable:
    head, rows = _read(page.tables[name])
    keys = _label_columns(head, rows)
    labels = [tuple(str(row[i]) for i in keys) for row in rows]
    counted = _in_order(page.people[name], head)
    counts = {c: values for c, (_, values) in counted.items()}
    overlapping = frozenset(c for c, (style, _) in counted.items() if style == "some")
    bases = frozenset(c for c, (style, _) in counted.items() if style == "base")
    return CountTable(f"{chapter}/{name}", labels, counts, tuple(head[i] for i in keys), overlapping, bases)


def _in_order(told: Mapping[str, Any], head: list[str]) -> dict[str, Any]:
    """Return the counts of a block in the order of its columns, which its notebook does not keep."""
    counted = {c: v for c, v in told.items() if c != WIDE}
    return dict(sorted(counted.items(), key=lambda item: head.index(item[0]) if item[0] in head else -1))


def _read(text: str) -> tuple[list[str], list[list[Any]]]:
    head, *rows = csv.reader(io.StringIO(text), quoting=csv.QUOTE_NONNUMERIC)
    return [str(c) for c in head], rows


def _label_columns(head: list[str], rows: list[list[Any]]) -> list[int]:
    """Return the leading columns that say of whom a row is: texts, the first whatever it reads like (25-34)."""
    found: list[int] = []
    for i in range(len(head) if rows else 0):
        texts = [r[i] for r in rows]
        if not all(isinstance(t, str) for t in texts) or (i and all(_NUMBER_LIKE.match(t) for t in texts if t)):
            break
        found.append(i)
    return found


def _page(page: Page, chapter: str, language: Language, found: Mapping[tuple[str, str], Cells], minimum: int) -> Page:
    items, tables, figures = list(page.items), dict(page.tables), dict(page.figures)
    for name, told in page.people.items():
        counted = _in_order(told, _read(page.tables[name])[0] if name in page.tables else [])
        cells = found.get((chapter, name), {})
        if name in tables and cells:
            tables[name] = _csv(tables[name], counted, cells, minimum)
        hidden = {c for row in cells.values() for c in row}
        drawn = {c for c, (style, values) in counted.items() if style != "base" and _any_few(values, minimum)}
        # the whole of a table may be small and is drawn; a picture of a result alone has no cells of its own
        undrawn = bool(hidden & drawn) if name in page.tables else bool(drawn)
        undrawn = undrawn or any(how != FEW for row in cells.values() for how in row.values())
        if not cells and not undrawn:
            continue
        if undrawn:
            figures.pop(name, None)
        head = _read(page.tables[name])[0] if name in page.tables else []
        if WIDE in told:
            head, cells = _wide(page.tables[name], told[WIDE], cells)
            counted = dict.fromkeys(told[WIDE])  # each measure stands on its own
        items = [
            Item(i.kind, _html(i.html, head, counted, cells, undrawn, language, minimum)) if _shows(i.html, name) else i
            for i in items
        ]
        if name in figures:
            figures[name] = next(i.html for i in items if _shows(i.html, name))
    return replace(page, items=tuple(items), tables=tables, figures=figures)


def _any_few(values: list[float | None], minimum: int) -> bool:
    return any(v is not None and 0 < v < minimum for v in values)


def _shows(html: str, name: str) -> bool:
    return f'<figure id="{escape(name)}"' in html


def _csv(text: str, counted: Mapping[str, Any], cells: Cells, minimum: int) -> str:
    head, rows = _read(text)
    labels = set(_label_columns(head, rows))
    lines = [head]
    for place, row in enumerate(rows):
        kept = list(row)
        for i, column in enumerate(head):
            how = cells.get(place, {}).get(column)
            if how is not None:
                kept[i] = f"< {minimum}" if how == FEW else ""
            elif place in cells and i not in labels and _tells(row[i]) and _rests(column, cells[place], counted):
                kept[i] = ""
        lines.append(kept)
    return "".join(",".join(map(_cell, line)) + "\n" for line in lines)


def _wide(text: str, measures: list[str], cells: Cells) -> tuple[list[str], Cells]:
    """Return the columns of a table with a row per group and a column per measure, and what is hidden of it."""
    _, rows = _read(text)
    groups = list(dict.fromkeys(str(r[0]) for r in rows))
    found: Cells = defaultdict(dict)
    for place in cells:
        if rows[place][1] in measures:
            found[groups.index(str(rows[place][0]))][str(rows[place][1])] = SECONDARY
    return ["", *measures], found


def _rests(column: str, cells: Mapping[str, str], counted: Mapping[str, Any]) -> bool:
    """Tell whether a number of a row rests on a count of it that is hidden."""
    if column in counted:
        return False
    own = [c for c in counted if c.startswith(f"{column}_") or column.startswith(f"{c}_")]
    if own:
        return bool(set(own) & set(cells))
    first = next(iter(counted), "")
    return first in cells or column not in OF_THE_FIRST


def _tells(value: Any) -> bool:
    return not isinstance(value, str) or bool(_NUMBER_LIKE.match(value))


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return f"{value:.10g}"


def _html(
    html: str,
    head: list[str],
    counted: Mapping[str, Any],
    cells: Cells,
    undrawn: bool,
    language: Language,
    minimum: int,
) -> str:
    if undrawn:
        reason = message("Not drawn: it would show groups of fewer than {n:int} people.", n=minimum).text(language)
        note = f'<p class="note">{escape(reason)}</p>'
        html = re.sub(r"<svg .*</svg>|<img [^>]*>", note, html, count=1, flags=re.DOTALL)
    body = re.search(r"<tbody>(.*?)</tbody>", html, flags=re.DOTALL)
    if body is None or not cells:
        return html
    few = message("< {n:int}", n=minimum).text(language)
    rows = []
    for place, row in enumerate(re.findall(r"<tr>(.*?)</tr>", body[1], flags=re.DOTALL)):
        if place in cells:
            parts = re.findall(r"<(t[dh])([^>]*)>(.*?)</\1>", row, flags=re.DOTALL)
            row = "".join(_shown(p, head[i], cells[place], counted, few) for i, p in enumerate(parts))
        rows.append(f"<tr>{row}</tr>")
    reason = message(
        "Counts of fewer than {n:int} people, the numbers that rest on them, and those that would give them away are "
        "not shown.",
        n=minimum,
    ).text(language)
    html = html[: body.start(1)] + "".join(rows) + html[body.end(1) :]
    return html.replace("</table></div>", f'</table></div><p class="note">{escape(reason)}</p>', 1)


def _shown(
    part: tuple[str, str, str], column: str, cells: Mapping[str, str], counted: Mapping[str, Any], few: str
) -> str:
    tag, attributes, text = part
    how = cells.get(column)
    bare = re.sub(r' data-value="[^"]*"', "", attributes)
    if how is not None:
        return f"<{tag}{bare}>{escape(few) if how == FEW else HIDDEN}</{tag}>"
    number = "data-value" in attributes or _NUMBER_LIKE.match(text)
    if tag == "td" and number and _rests(column, cells, counted):
        return f"<{tag}{bare}>{HIDDEN}</{tag}>"
    return f"<{tag}{attributes}>{text}</{tag}>"
