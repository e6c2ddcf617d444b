"""Semantic HTML tables: caption, scope, units, notes; no styles of their own, so the page decides how they look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from numbers import Number

import pandas as pd

from workbench.core.currency import current_currency
from workbench.core.language import Language, Message, format_value, message
from workbench.core.names import Column

MAX_ROWS = 200
SORTABLE_ROWS = 10  # a shorter table is taken in at a glance


def folded_when_long(html: str, caption: str, rows: int, *, most: int = 20) -> str:
    """Return a table folded below its caption where it is longer than a screen takes.

    Examples
    --------
    >>> folded_when_long("<table></table>", "Months", 40)
    '<details><summary>Months (40)</summary><table></table></details>'
    """
    return html if rows <= most else f"<details><summary>{escape(caption)} ({rows})</summary>{html}</details>"


def html_table(
    table: pd.DataFrame,
    *,
    caption: Message | str,
    columns: Mapping[str, Column],
    language: Language,
    notes: Sequence[Message] = (),
    row_headers: int = 1,
    label_html: str = "",
    level: float | None = None,
) -> str:
    """Write a DataFrame as an accessible HTML table.

    Parameters
    ----------
    table
        One row per line of the table; the index is not shown.
    caption
        What the table shows.
    columns
        Label and number format of each column; a column that is not named here is shown under its own name.
    language
        Language of labels, numbers and notes.
    notes
        Sentences printed under the table.
    row_headers
        How many leading columns name the row (``<th scope="row">``).
    label_html
        HTML put before the caption, such as the number of the table.
    level
        Level of the intervals, for the labels that name it.

    Returns
    -------
    str
        A ``<figure class="table">`` fragment. Only the first 200 rows are written, and the note says so.

    Examples
    --------
    >>> html = html_table(pd.DataFrame({"region": ["n"], "n": [1200]}), caption="By region", columns={}, language="en")
    >>> '<th scope="row">n</th>' in html
    True
    """
    shown = table.head(MAX_ROWS)
    specs = {c: columns.get(str(c), Column(Message(_bare(c)))) for c in shown.columns}
    numeric = {c: pd.api.types.is_numeric_dtype(shown[c]) for c in shown.columns}
    head = "".join(
        f'<th scope="col"{_number_class(numeric[c])}>{escape(_label(specs[c].at(level), language))}</th>'
        for c in shown.columns
    )
    body = []
    for row in shown.itertuples(index=False, name=None):
        cells = []
        for position, (column, value) in enumerate(zip(shown.columns, row, strict=True)):
            text = escape(_cell(value, specs[column].style, language))
            if position < row_headers and not numeric[column] and text:
                cells.append(f'<th scope="row">{text}</th>')
            else:
                cells.append(f"<td{_number_class(numeric[column])}{_value(value, numeric[column])}>{text}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    if not body:
        nothing = escape(message("nothing").text(language))
        body.append(f'<tr><td colspan="{max(len(shown.columns), 1)}">{nothing}</td></tr>')
    title = caption.text(language) if isinstance(caption, Message) else caption
    said = [n for n in notes if n.is_whole]
    if len(table) > len(shown):
        said.append(
            message(
                "Only the first {shown:int} of {all:int} rows are shown; the download has them all.",
                shown=len(shown),
                all=len(table),
            )
        )
    footer = "".join(f"<li>{escape(n.text(language))}</li>" for n in said)
    return (
        f'<figure class="table"><div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}">'
        f"<table{' data-sortable' if len(shown) > SORTABLE_ROWS else ''}><caption>{label_html}{escape(title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
        + (f'<ul class="notes">{footer}</ul>' if footer else "")
        + "</figure>"
    )


def _label(column: Column, language: Language) -> str:
    """Return a column's label; amounts name their currency once, above all of them."""
    text = column.label.text(language)
    currency = current_currency(language) if column.style == "money" else ""
    return text if not currency else f"{text} ({currency})" if language == "en" else f"{text}（{currency}）"


def _bare(name: object) -> str:
    return str(name).replace("{", "(").replace("}", ")")


def _number_class(is_number: bool) -> str:
    return ' class="number"' if is_number else ""


def _value(value: object, is_number: bool) -> str:
    """Return the attribute that carries a number as it is, for sorting and for whoever compares pages."""
    if not is_number or pd.isna(value):  # type: ignore[call-overload]
        return ""
    return f' data-value="{float(value):.6g}"'  # type: ignore[arg-type]


def _cell(value: object, style: str, language: Language) -> str:
    if style == "text" and isinstance(value, Number) and not isinstance(value, bool):
        number = float(value)  # type: ignore[arg-type]
        style = "int" if number == number and number.is_integer() else "dec2"
    return format_value(value, style, language)
