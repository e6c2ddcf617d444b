"""What a notebook shows and a page prints: tables, figures, cards and findings, each computed once in both languages.

A block is shown in JupyterLab in the analyst's language; its output carries the same block in every language, so that
the pages of a wave cannot differ in their numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

import numpy as np
import pandas as pd

from workbench.core.findings import Finding, said
from workbench.core.language import (
    LANGUAGES,
    Language,
    Message,
    Spoken,
    current_language,
    is_spoken,
    message,
    use_language,
)
from workbench.core.names import COLUMNS, Column, column_label
from workbench.core.people import PEOPLE
from workbench.core.results import Note, Result
from workbench.core.tables import html_table
from workbench.report.site.pictures import picture_html
from workbench.sampling.call_lists import without_formulas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIME = "application/vnd.workbench.block+json"
NUMBER = "<!--number-->"
# among the counts of a block: the measures of a table with a row per group and a column per measure, whose download has
# a line for each group and measure
WIDE = "#wide"
Kind = Literal["table", "figure", "cards", "findings", "notes", "panel", "headline", "actions", "facts"]


@dataclass(frozen=True)
class Block:
    """Something a page shows.

    Attributes
    ----------
    kind
        What it is.
    name
        Its address within the chapter, stable from run to run.
    html
        Language → HTML fragment.
    csv
        The rows of a table, for download.
    title
        Language → heading of the page, where the block gives it one.
    people
        Column → how it counts people (``people``, or ``base`` of an estimate) and its counts: what publication hides
        few of. They stay in the wave's folder.
    """

    kind: Kind
    name: str
    html: Mapping[Language, str]
    csv: str = ""
    title: Mapping[Language, str] = field(default_factory=dict)
    people: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        shown = self.html[current_language()].replace(NUMBER, "")
        content = {
            "kind": self.kind,
            "name": self.name,
            "html": dict(self.html),
            "csv": self.csv,
            "title": dict(self.title),
            "people": dict(self.people),
        }
        heading = f"<h1>{escape(self.title[current_language()])}</h1>" if self.title else ""
        return {"text/html": heading + shown, MIME: content}


Tone = Literal["good", "bad", "neutral"]


@dataclass(frozen=True)
class Card:
    """A headline number: what it is, its value, its interval and base, and how it changed."""

    label: Message
    value: Message
    detail: Message | None = None
    change: Message | None = None
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Caption:
    """What a table or figure says about itself: what, where the numbers come from, and on what base."""

    text: Message
    source: Message | None = None
    base: int | None = None

    def sentences(self, language: Language) -> str:
        """Return base and source as one line."""
        parts = []
        if self.base is not None:
            parts.append(message("Base: {n:base}", n=self.base).text(language))
        if self.source is not None:
            parts.append(message("Source: {source}", source=self.source).text(language))
        return " · ".join(parts)


def table(
    result: Result | pd.DataFrame,
    name: str,
    caption: Caption | Message | None = None,
    *,
    only: Sequence[str] = (),
    columns: Mapping[str, Column] | None = None,
    labels: Mapping[str, Spoken] | None = None,
    level: float | None = None,
) -> Block:
    """Show a result's table, with its notes.

    Parameters
    ----------
    result
        A result or a DataFrame.
    name
        Address within the chapter.
    caption
        What the table shows; the result's own caption by default.
    only
        Columns to show, in this order; all by default.
    columns
        Labels and formats that differ from the result's.
    labels
        Column → `Words` of ``wave.yaml``, for the columns of the study.
    level
        Level of the intervals of a DataFrame; a result carries its own.
    """
    own = result.columns if isinstance(result, Result) else {}
    notes = [n.message for n in result.notes] if isinstance(result, Result) else []
    given = caption if isinstance(caption, Caption) else None
    text = given.text if given else caption or (result.caption if isinstance(result, Result) else message("Table"))
    assert isinstance(text, Message)
    sure = level if level is not None else result.level if isinstance(result, Result) else None
    shown: dict[Language, pd.DataFrame] = {
        language: _chosen(result.shown_table(language) if isinstance(result, Result) else result, only)
        for language in LANGUAGES
    }
    html = {}
    named = {**COLUMNS, **own, **(columns or {}), **study_labels(labels)}
    for language in LANGUAGES:
        html[language] = html_table(
            shown[language], caption=text, columns=named, notes=notes, language=language, label_html=NUMBER, level=sure
        ) + _source_line(given, language)
    rows = shown["en"]
    counted = people_of(rows, {**COLUMNS, **own, **(columns or {})})
    return Block("table", name, {k: _addressed(v, name) for k, v in html.items()}, shown_csv(rows), people=counted)


def figure(
    draw: Result | Callable[[Language], Figure],
    name: str,
    caption: Caption | Message | None = None,
    *,
    alt: Message,
) -> Block:
    """Show a result's picture, drawn once in each language.

    Parameters
    ----------
    draw
        A result with a picture, or a function that draws for a language.
    name
        Address within the chapter.
    caption
        What the picture shows; the result's own caption by default.
    alt
        What somebody who cannot see it should know.
    """
    given = caption if isinstance(caption, Caption) else None
    text = given.text if given else caption or (draw.caption if isinstance(draw, Result) else message("Figure"))
    assert isinstance(text, Message)
    html = {}
    for language in LANGUAGES:
        with use_language(language):
            picture = draw.plot(language) if isinstance(draw, Result) else draw(language)
        notes = [n.message for n in draw.notes] if isinstance(draw, Result) else []
        html[language] = (
            f'<figure id="{escape(name)}" class="chart">{picture_html(picture, alt.text(language), name)}'
            f"<figcaption>{NUMBER}{escape(text.text(language))}</figcaption>"
            f"{_source_line(given, language)}{_note_list(notes, language)}</figure>"
        )
    counted = people_of(draw.table, {**COLUMNS, **draw.columns}) if isinstance(draw, Result) else {}
    return Block("figure", name, html, people=counted)


def cards(items: Sequence[Card]) -> Block:
    """Show headline numbers as cards; one without its number is not shown."""
    html = {}
    for language in LANGUAGES:
        parts = []
        for card in (c for c in items if c.value.is_whole):
            detail = f'<p class="detail">{escape(card.detail.text(language))}</p>' if _whole(card.detail) else ""
            change = (
                f'<p class="change {card.tone}">{escape(card.change.text(language))}</p>' if _whole(card.change) else ""
            )
            parts.append(
                f'<li class="card"><p class="label">{escape(card.label.text(language))}</p>'
                f'<p class="value">{escape(card.value.text(language))}</p>{detail}{change}</li>'
            )
        html[language] = f'<ul class="cards">{"".join(parts)}</ul>'
    return Block("cards", "headline", html)


def findings(items: Sequence[Finding | Message], name: str = "findings", *, most: int | None = None) -> Block:
    """Show findings as a list of sentences; one whose evidence does not carry it, or that has a gap, is not shown.

    Parameters
    ----------
    items
        Findings of `workbench.core.findings`, or plain sentences.
    name
        Address within the chapter.
    most
        At most so many findings, the clear and the important ones first.
    """
    claimed = said([i for i in items if isinstance(i, Finding) and i.message.is_whole], most=most)
    plain = [i for i in items if not isinstance(i, Finding) and i.is_whole]
    html = {}
    for language in LANGUAGES:
        lines = [
            f'<li class="{f.tone}" data-finding="{escape(f.id)}">{escape(f.text.text(language))}</li>' for f in claimed
        ]
        lines += [f'<li class="neutral">{escape(i.text(language))}</li>' for i in plain]
        html[language] = f'<ul id="{escape(name)}" class="findings">{"".join(lines)}</ul>' if lines else ""
    return Block("findings", name, html)


def notes(items: Sequence[Note | Message], name: str = "notes") -> Block:
    """Show caveats as a list."""
    chosen = [n if isinstance(n, Note) else Note(n) for n in items]
    chosen = [n for n in chosen if n.message.is_whole]
    html = {}
    for language in LANGUAGES:
        lines = "".join(f'<li class="{n.severity}">{escape(n.message.text(language))}</li>' for n in chosen)
        html[language] = f'<ul id="{escape(name)}" class="notes">{lines}</ul>' if chosen else ""
    return Block("notes", name, html)


def _whole(words: Message | None) -> TypeGuard[Message]:
    return words is not None and words.is_whole


def study_labels(labels: Mapping[str, Spoken] | None) -> dict[str, Column]:
    """Return the columns a study has named in its ``wave.yaml``."""
    return {name: replace(COLUMNS.get(name, Column(words)), label=words) for name, words in (labels or {}).items()}


def label_of(column: str, labels: Mapping[str, Spoken]) -> Spoken:
    """Return the name of a breakdown as readers know it."""
    known = column_label(column)
    return labels.get(column) or (known if is_spoken(known) else Message(column))


def shown_csv(frame: pd.DataFrame) -> str:
    """Return the rows of a table as CSV, with the columns' own names.

    Texts stand in quotes and numbers do not, so that ``007`` stays what it is; no text begins as a formula does.
    """
    texts = without_formulas(frame.map(lambda v: v.text("en") if is_spoken(v) else v))
    rows = [[str(c) for c in texts.columns], *texts.itertuples(index=False, name=None)]
    return "".join(",".join(map(_cell, row)) + "\n" for row in rows)


def people_of(frame: pd.DataFrame, columns: Mapping[str, Column]) -> dict[str, list[Any]]:
    """Return column → style and counts of the columns of a table that count people.

    Examples
    --------
    >>> people_of(pd.DataFrame({"region": ["n", "s"], "n": [3, None], "share": [0.2, 0.8]}), COLUMNS)
    {'n': ['base', [3.0, None]]}
    """
    found: dict[str, list[Any]] = {}
    for name in map(str, frame.columns):
        style = columns[name].style if name in columns else ""
        if style in PEOPLE and pd.api.types.is_numeric_dtype(frame[name]):
            numbers = frame[name].astype("float64")
            found[name] = [style, [float(v) if np.isfinite(v) else None for v in numbers]]
    return found


def _cell(value: object) -> str:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        text = "" if value is None or value is pd.NA or value != value else str(value)
        return '"' + text.replace('"', '""') + '"'
    return '""' if value != value else f"{value:.10g}"


def _chosen(frame: pd.DataFrame, only: Sequence[str]) -> pd.DataFrame:
    return frame[list(only)] if only else frame


def _addressed(html: str, name: str) -> str:
    return html.replace('<figure class="table">', f'<figure id="{escape(name)}" class="table">', 1)


def _source_line(caption: Caption | None, language: Language) -> str:
    text = caption.sentences(language) if caption else ""
    return f'<p class="source">{escape(text)}</p>' if text else ""


def _note_list(messages: Sequence[Message], language: Language) -> str:
    lines = "".join(f"<li>{escape(m.text(language))}</li>" for m in messages)
    return f'<ul class="notes">{lines}</ul>' if lines else ""


def contract(numbers: Mapping[str, float | int | str | None]) -> None:
    """Print a chapter's headline numbers, rounded, as JSON: what a test holds the next run against."""
    rounded = {k: round(float(v), 2) if isinstance(v, float | np.floating) else v for k, v in numbers.items()}
    print(json.dumps(rounded, indent=1, ensure_ascii=False, default=int))  # noqa: T201
