"""How a table lies on a page: spanners over columns, letters below them, bases above the rows, a key at the foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.language import Language, Message, Spoken, format_value, is_spoken, message

Labels = Mapping[str, tuple[Spoken | str, tuple[Spoken | str, ...]]]
BASE = message("Base, unweighted")
# verdict → its sign, and how the sign reads aloud
ARROWS: Mapping[str, tuple[str, Message]] = {
    "higher": ("▲", message("higher than the rest")),
    "lower": ("▼", message("lower than the rest")),
    "up": ("↑", message("up since the previous wave")),
    "down": ("↓", message("down since the previous wave")),
}

STYLE = (
    "border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:90%",
    "border-bottom:1px solid currentColor;padding:.2em .5em;text-align:center;font-weight:600",
    "padding:.15em .5em;text-align:right",
    "padding:.15em .5em;text-align:left",
)


def table_html(
    table: pd.DataFrame,
    key: pd.DataFrame,
    column_labels: Mapping[str, Spoken | str],
    row_labels: Labels,
    notes: Sequence[Spoken],
    language: Language,
) -> str:
    """Return a table as an HTML fragment; letters and arrows are read aloud as words, such as "higher than B D".

    Parameters
    ----------
    table, key, column_labels, row_labels
        As of `workbench.tabulation.Tabulation`.
    notes
        What stands at the foot.
    language
        Language of its words.
    """
    whole, head, number, words = STYLE
    spans = [(g, len(list(same))) for g, same in groupby(key["group"])]
    spanners = "".join(
        f'<th colspan="{n}" scope="colgroup" style="{head}">{_text(column_labels[g], language)}</th>' for g, n in spans
    )
    names = "".join(
        f'<th scope="col" style="{head}">{"" if g == "total" else _value(c, language)}</th>'
        for g, c in key[["group", "column"]].itertuples(index=False)
    )
    letters = "".join(f'<td style="{number};text-align:center">{letter}</td>' for letter in key["letter"])
    parts = [
        f'<table style="{whole}"><thead><tr><td></td>{spanners}</tr><tr><td></td>{names}</tr>'
        f"<tr><td></td>{letters}</tr></thead>"
    ]
    wide = len(key)
    for question, (label, rows) in row_labels.items():
        cells = table[table["question"] == question]
        parts.append(
            f'<tbody><tr><th scope="rowgroup" colspan="{wide + 1}" style="{words};padding-top:.8em">'
            f"{_text(label, language)}</th></tr>"
        )
        n = cells["n"].to_numpy()[:wide]
        flags = cells["flag"].to_numpy()[:wide]
        bases = "".join(
            f'<td style="{number};opacity:.75">{format_value(int(b), "int", language)}{f}</td>'
            for b, f in zip(n, flags, strict=True)
        )
        parts.append(f'<tr><td style="{words};opacity:.75">{BASE.text(language)}</td>{bases}</tr>')
        for place, row in enumerate(rows):
            line = cells.iloc[place * wide : (place + 1) * wide]
            indent = "" if line["kind"].iloc[0] != "answer" else ";padding-left:1.2em"
            body = "".join(_cell(c, number, language) for c in line.to_dict("records"))
            parts.append(
                f'<tr><th scope="row" style="{words};font-weight:400{indent}">{_text(row, language)}</th>{body}</tr>'
            )
        parts.append("</tbody>")
    foot = " ".join(n.text(language) for n in notes)
    parts.append(f'</table><p style="font-size:80%;max-width:60em">{escape(foot)}</p>')
    return "".join(parts)


def headline_rows(kinds: Sequence[str]) -> list[int]:
    """Return which rows of a question stand for it: the score, the top box with the mean, else every answer.

    Examples
    --------
    >>> headline_rows(["net", "answer", "answer", "net", "mean", "mean"]), headline_rows(["answer", "answer", "nps"])
    ([0, 5], [2])
    """
    scores = [i for i, k in enumerate(kinds) if k == "nps"]
    if scores:
        return scores
    means = [i for i, k in enumerate(kinds) if k == "mean"]
    if len(means) > 1:  # a rating: boxes, answers, the difference of the boxes, the mean
        return [0, means[-1]]
    shares = [i for i, k in enumerate(kinds) if k in ("answer", "net")]
    return shares or means


def style_of(kind: str) -> str:
    """Return how numbers of a kind of row are shown.

    Examples
    --------
    >>> [style_of(k) for k in ("answer", "net", "nps", "mean")]
    ['pct', 'pct', 'signed1', 'dec2']
    """
    return {"answer": "pct", "net": "pct", "nps": "signed1"}.get(kind, "dec2")


def _cell(cell: dict[Any, Any], style: str, language: Language) -> str:
    value = cell["estimate"]
    if not np.isfinite(value):
        return f'<td style="{style}"></td>'
    form = style_of(cell["kind"])
    shown = "–" if value == 0 and form == "pct" else format_value(float(value), form, language)
    faded = ";opacity:.5" if cell["flag"] == "**" else ""
    low, high = (format_value(float(cell[c]), form, language) for c in ("ci_low", "ci_high"))
    marks = "".join(f' <sup style="line-height:0">{_said(*m)}</sup>' for m in _marks(cell, language))
    return f'<td style="{style}{faded}" title="{low} – {high}">{shown}{marks}</td>'


def _marks(cell: dict[Any, Any], language: Language) -> list[tuple[str, str]]:
    """Return letters and arrows of a cell, each with how it reads aloud."""
    told = []
    if cell["letters"]:
        said = message("higher than {letters}", letters=cell["letters"]).text(language)
        told.append((cell["letters"].replace(" ", ""), said))
    for verdict in (cell["verdict_rest"], cell["verdict_change"]):
        if verdict in ARROWS:
            arrow, words = ARROWS[verdict]
            told.append((arrow, words.text(language)))
    return told


def marks_text(letters: str, verdicts: Sequence[str]) -> str:
    """Return letters and arrows of a cell as plain text.

    Examples
    --------
    >>> marks_text("A b", ["", "up"])
    'A b ↑'
    """
    return " ".join([*filter(None, [letters]), *(ARROWS[v][0] for v in verdicts if v in ARROWS)])


def _said(shown: str, words: str) -> str:
    return f'<span role="img" aria-label="{escape(words)}">{shown}</span>'


def _text(label: Spoken | str, language: Language) -> str:
    return escape(label.text(language) if is_spoken(label) else _value(label, language))


def _value(value: str, language: Language) -> str:
    return format_value(value, "text", language)
