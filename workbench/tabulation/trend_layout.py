"""How a trend lies on a page: groups down, waves across, then what changed, with arrows and how they read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.language import Language, Message, Spoken, format_value, is_spoken, message
from workbench.tabulation.layout import STYLE, Labels, headline_rows, style_of

ARROWS: Mapping[str, tuple[str, Message]] = {
    "up": ("↑", message("up")),
    "down": ("↓", message("down")),
    "moved": ("↕", message("not the same in all waves")),
}
TESTS = ("previous", "a year ago", "first", "slope", "any")
REASONS: Mapping[str, Message] = {
    "base too small": message("base too small"),
    "the question changed": message("the question changed"),
    "too few waves": message("too few waves"),
    "too few units": message("too few units"),
    "no spread": message("no spread"),
}


def head_of(name: str, wave: str) -> Message:
    """Return what stands above the column of a test.

    Examples
    --------
    >>> head_of("a year ago", "2025q3").text("en")
    'Since 2025q3, a year ago'
    """
    if name == "previous":
        return message("Since {wave}", wave=wave)
    if name == "a year ago":
        return message("Since {wave}, a year ago", wave=wave)
    if name == "first":
        return message("Since {wave}, the first", wave=wave)
    return message("Per wave") if name == "slope" else message("Did anything move? p")


def change_text(line: Mapping[Any, Any], kind: str, language: Language) -> tuple[str, str]:
    """Return a change as text with its arrow, and how it reads aloud: the words, or why there is none.

    Examples
    --------
    >>> change_text({"test": "slope", "estimate": 0.031, "verdict": "up", "reason": ""}, "net", "en")
    ('+3.1 ↑', 'up')
    """
    if line["test"] == "any":
        value = line["p_adjusted"]
        shown = format_value(float(value), "p", language) if np.isfinite(value) else ""
    else:
        value = line["estimate"]
        form = {"pct": "signedpoints1", "dec2": "signed2"}.get(style_of(kind), "signed1")
        shown = format_value(float(value), form, language) if np.isfinite(value) else ""
    if line["reason"] in REASONS:
        return shown, REASONS[line["reason"]].text(language)
    if line["verdict"] in ARROWS:
        arrow, words = ARROWS[line["verdict"]]
        return f"{shown} {arrow}", words.text(language)
    return shown, ""


def shown_tests(tests: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the tests of a row that have a column, each with the wave since which; no wave twice.

    Against the first wave is left out where the wave before, or that of a year ago, is the first.
    """
    if tests.empty:
        return []
    found = []
    taken = set()
    for name in TESTS:
        since = tests.loc[tests["test"] == name, "since"]
        if since.empty:
            continue
        wave = str(since.iloc[0])
        if name in ("previous", "a year ago", "first"):
            if wave in taken:
                continue
            taken.add(wave)
        if name in ("slope", "any") and tests.loc[tests["test"] == name, "p_value"].isna().all():
            continue
        found.append((name, wave))
    return found


def trend_html(
    table: pd.DataFrame,
    tests: pd.DataFrame,
    key: pd.DataFrame,
    column_labels: Mapping[str, Spoken | str],
    row_labels: Labels,
    waves: Sequence[str],
    changed: Mapping[tuple[str, str], Spoken | str],
    notes: Sequence[Spoken],
    language: Language,
) -> str:
    """Return a trend as an HTML fragment: a table for each of its headline rows.

    Parameters
    ----------
    table, tests, key, column_labels, row_labels, waves, changed
        As of `workbench.tabulation.Trend`.
    notes
        What stands at the foot.
    language
        Language of its words.
    """
    parts = []
    for question, (label, rows) in row_labels.items():
        mine = table[table["question"] == question]
        kinds = mine.drop_duplicates("row")["kind"].tolist()
        told = tests[tests["question"] == question] if len(tests) else tests
        for place in headline_rows(kinds):
            told_as = rows[place]
            name = told_as if isinstance(told_as, str) else told_as.text("en")
            title = f"{_text(label, language)} · {_text(rows[place], language)}"
            row_tests = told[told["row"] == name] if len(told) else told
            parts.append(
                _row_html(
                    title, mine[mine["row"] == name], row_tests, key, column_labels, waves, question, changed, language
                )
            )
    foot = " ".join(n.text(language) for n in notes)
    return f'{"".join(parts)}<p style="font-size:80%;max-width:60em">{escape(foot)}</p>'


def _row_html(
    title: str,
    cells: pd.DataFrame,
    tests: pd.DataFrame,
    key: pd.DataFrame,
    column_labels: Mapping[str, Spoken | str],
    waves: Sequence[str],
    question: str,
    changed: Mapping[tuple[str, str], Spoken | str],
    language: Language,
) -> str:
    whole, head, number, words = STYLE
    shown = shown_tests(tests)
    heads = "".join(
        f'<th scope="col" style="{head}{BREAK if (question, w) in changed else ""}">{_text(w, language)}</th>'
        for w in waves
    )
    heads += "".join(
        f'<th scope="col" style="{head}">{escape(head_of(name, since).text(language))}</th>' for name, since in shown
    )
    body = []
    wide = len(waves)
    kind = str(cells["kind"].iloc[0])
    for j, (group, column) in enumerate(key[["group", "column"]].itertuples(index=False, name=None)):
        said = _text(column_labels[group], language) if group == "total" else _text(column, language)
        line = cells.iloc[j * wide : (j + 1) * wide]
        values = "".join(
            _value_cell(c, number + (BREAK if (question, w) in changed else ""), kind, language)
            for c, w in zip(line.to_dict("records"), waves, strict=True)
        )
        of_cell = tests[(tests["group"] == group) & (tests["column"] == column)] if len(tests) else tests
        by_test = {t["test"]: t for t in of_cell.to_dict("records")}
        values += "".join(_test_cell(by_test.get(name), number, kind, language) for name, _ in shown)
        indent = "" if group == "total" else ";padding-left:1.2em"
        body.append(f'<tr><th scope="row" style="{words};font-weight:400{indent}">{said}</th>{values}</tr>')
    return (
        f'<table style="{whole}"><caption style="text-align:left;font-weight:600">{title}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


BREAK = ";border-left:3px double currentColor"


def _value_cell(cell: Mapping[Any, Any], style: str, kind: str, language: Language) -> str:
    value = cell["estimate"]
    if not np.isfinite(value):
        return f'<td style="{style}"></td>'
    form = style_of(kind)
    shown = "–" if value == 0 and form == "pct" else format_value(float(value), form, language)
    low, high = (format_value(float(cell[c]), form, language) for c in ("ci_low", "ci_high"))
    faded = ";opacity:.5" if cell["flag"] == "**" else ""
    base = format_value(int(cell["n"]), "int", language)
    return (
        f'<td style="{style}{faded}" title="{low} – {high}">{shown}<br>'
        f'<small style="opacity:.75">{base}{cell["flag"]}</small></td>'
    )


def _test_cell(line: Mapping[Any, Any] | None, style: str, kind: str, language: Language) -> str:
    if line is None:
        return f'<td style="{style}"></td>'
    shown, words = change_text(line, kind, language)
    if not words:
        return f'<td style="{style}">{shown}</td>'
    if line["reason"]:
        return f'<td style="{style};opacity:.6">{shown} <small>{escape(words)}</small></td>'
    value, _, arrow = shown.rpartition(" ")
    return f'<td style="{style}">{value} <span role="img" aria-label="{escape(words)}">{arrow}</span></td>'


def _text(label: Spoken | str, language: Language) -> str:
    return escape(label.text(language) if is_spoken(label) else format_value(label, "text", language))
