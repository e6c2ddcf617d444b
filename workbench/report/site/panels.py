"""Panels: a finding as title, the drawing that proves it, and its numbers folded; and the head and actions of a page.

A page's reader reads titles; a panel's title is therefore a sentence that follows from a test, not the name of a chart.
Links between pages are written as ``data-chapter`` and become addresses when the page is published, since only then is
it known which chapters there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from workbench.core.findings import STATE_WORDS, Finding
from workbench.core.language import LANGUAGES, Language, Message, Spoken, message, use_language
from workbench.core.names import COLUMNS, Column
from workbench.core.people import gives_few_away
from workbench.core.results import Result
from workbench.core.tables import html_table
from workbench.report.site.blocks import Block, findings, people_of, shown_csv
from workbench.report.site.pictures import picture_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[Language], "Figure"]
NUMBERS = message("Numbers")
NOTHING = message("There is nothing to show here.")


@dataclass(frozen=True)
class Statement:
    """One of the sentences under the headline: what is said first, the rest of it, and a drawing no larger than a word.

    Attributes
    ----------
    lead
        Its first words, set strong.
    rest
        The rest of the sentence.
    draw
        Draws a picture the size of a word; readers who cannot see it lose nothing.
    """

    lead: Message
    rest: Message | None = None
    draw: Draw | None = None


@dataclass(frozen=True)
class Action:
    """Something to do: what, why, and the facts somebody needs who does it.

    Attributes
    ----------
    title
        What to do.
    why
        What it rests on.
    facts
        Term → what is said of it, and whether it is a gap to be closed.
    list_note
        Where the list is and how many rows it has.
    """

    title: Message
    why: Message
    facts: Sequence[tuple[Message, Spoken, bool]] = ()
    list_note: Message | None = None


def panel(
    name: str,
    *,
    title: Message,
    measure: Message,
    draw: Result | Draw | None,
    alt: Message | None = None,
    numbers: Result | pd.DataFrame | None = None,
    columns: Mapping[str, Column] | None = None,
    level: float | None = None,
    note: Message | None = None,
    to: tuple[str, Message] | None = None,
) -> Block:
    """Show a finding with its proof.

    Parameters
    ----------
    name
        Address within the page.
    title
        The finding, at most about sixty characters.
    measure
        What is drawn, its unit, and what its marks mean.
    draw
        A result with a picture, or a function that draws for a language; None where the sentence is all there is.
    alt
        What somebody who cannot see the drawing should know: the finding with its numbers. The title by default.
    numbers
        The numbers behind it, folded away below. Where there are none, nothing is drawn, and the panel says so.
    columns
        Labels and formats of the numbers.
    level
        Level of their intervals; a result carries its own.
    note
        One sentence below the drawing.
    to
        Chapter where more is said, and what the link is called.
    """
    sure = numbers.level if level is None and isinstance(numbers, Result) else level
    if numbers is not None and not len(numbers if isinstance(numbers, pd.DataFrame) else numbers.table):
        draw, numbers, note = None, None, NOTHING
    if isinstance(numbers, pd.DataFrame):
        numbers = _verdicts_in_words(numbers)
    html = {}
    for language in LANGUAGES:
        # a finding is a sentence; as a heading it has no full stop
        said, under = escape(title.text(language).rstrip(".。")), escape(measure.text(language))
        parts = [f'<figcaption><h3>{said}</h3><p class="measure">{under}</p></figcaption>']
        if draw is not None:
            with use_language(language):
                picture = draw.plot(language) if isinstance(draw, Result) else draw(language)
            parts.append(picture_html(picture, (alt or title).text(language), name))
        if note is not None and note.is_whole:
            parts.append(f'<p class="note">{escape(note.text(language))}</p>')
        parts.append(_foot(numbers, columns, title, to, language, sure))
        html[language] = f'<figure id="{escape(name)}" class="panel">{"".join(parts)}</figure>'
    rows = numbers.shown_table("en") if isinstance(numbers, Result) else numbers
    own = numbers.columns if isinstance(numbers, Result) else {}
    counted = {} if rows is None else people_of(rows, {**COLUMNS, **own, **(columns or {})})
    return Block("panel", name, html, "" if rows is None else shown_csv(rows), people=counted)


def _verdicts_in_words(numbers: pd.DataFrame) -> pd.DataFrame:
    verdicts = [c for c in numbers if c == "state" or str(c).endswith("_state")]
    return numbers.assign(**{str(c): numbers[c].map(lambda v: STATE_WORDS.get(v, v)) for c in verdicts})


def headline(title: Message, statements: Sequence[Statement] = ()) -> Block:
    """Show a page's head: its answer as the heading, and at most three statements."""
    html, titles = {}, {}
    for language in LANGUAGES:
        lines = []
        for place, one in enumerate(s for s in statements if s.lead.is_whole and not _of_few(s)):
            drawn = ""
            if one.draw is not None:
                with use_language(language):
                    drawn = picture_html(one.draw(language), "", f"word-{place}").replace(
                        'role="img" aria-label=""', 'aria-hidden="true" class="word"', 1
                    )
            rest = f" {escape(one.rest.text(language))}" if one.rest is not None and one.rest.is_whole else ""
            lines.append(f"<li>{drawn}<p><strong>{escape(one.lead.text(language))}</strong>{rest}</p></li>")
        html[language] = f'<ul class="statements">{"".join(lines)}</ul>' if lines else ""
        titles[language] = title.text(language)
    return Block("headline", "headline", html, title=titles)


def _of_few(statement: Statement) -> bool:
    parts = [m for m in (statement.lead, statement.rest) if m is not None]
    return any(gives_few_away(m.template, m.values) for m in parts)


def action_cards(items: Sequence[Action], *, about: Message | None = None) -> Block:
    """Show what to do, numbered, the most pressing first, and how long the list behind it is."""
    html = {}
    for language in LANGUAGES:
        parts = []
        for item in items:
            facts = "".join(_fact(term, said, gap, language) for term, said, gap in item.facts)
            where = f'<p class="list">{escape(item.list_note.text(language))}</p>' if item.list_note else ""
            parts.append(
                f"<li><h3>{escape(item.title.text(language))}</h3><p>{escape(item.why.text(language))}</p>"
                f"{f'<dl>{facts}</dl>' if facts else ''}{where}</li>"
            )
        told = f'<p class="about">{escape(about.text(language))}</p>' if about is not None else ""
        html[language] = told + (f'<ol class="actions">{"".join(parts)}</ol>' if parts else "")
    return Block("actions", "actions", html)


def _fact(term: Message, said: Spoken, gap: bool, language: Language) -> str:
    look = ' class="gap"' if gap else ""
    return f"<dt>{escape(term.text(language))}</dt><dd{look}>{escape(said.text(language))}</dd>"


def folded(block: Block, title: Message) -> Block:
    """Return a block folded away under a title, for those who want to check."""
    html = {
        n: f'<details class="fold"><summary>{escape(title.text(n))}</summary>{block.html[n]}</details>'
        for n in LANGUAGES
    }
    return replace(block, html=html)


def filtered(block: Block, by: Sequence[int]) -> Block:
    """Return a table that readers may narrow by what stands in some of its columns, where their browser runs scripts.

    Parameters
    ----------
    block
        The table.
    by
        Places of the columns, from 0.
    """
    marked = ",".join(map(str, by))
    return replace(block, html={n: f'<div data-filter="{marked}">{block.html[n]}</div>' for n in LANGUAGES})


def opening(items: Sequence[Finding], *, most: int = 5) -> Block:
    """Show what a chapter opens with: its clear findings, then those to watch, then the most important numbers."""
    return replace(findings(items, "opening", most=most), kind="headline")


def plain_facts(items: Sequence[tuple[Message, Sequence[Message], tuple[str, Message] | None]]) -> Block:
    """Show short facts side by side: heading, sentences, and a link to a chapter."""
    html = {}
    for language in LANGUAGES:
        parts = []
        for heading, sentences, to in items:
            said = " ".join(escape(s.text(language)) for s in sentences)
            parts.append(f"<li><h3>{escape(heading.text(language))}</h3><p>{said} {_link(to, language)}</p></li>")
        html[language] = f'<ul class="facts">{"".join(parts)}</ul>' if parts else ""
    return Block("facts", "facts", html)


def linked(html: str, pages: Mapping[str, str]) -> str:
    """Turn links to chapters into addresses; a link to a chapter that is not there leaves.

    Parameters
    ----------
    html
        Part of a page.
    pages
        Chapter → address of its page.

    Examples
    --------
    >>> linked('<a data-chapter="50_loyalty">Loyalty</a>', {"50_loyalty": "50_loyalty.html"})
    '<a href="50_loyalty.html">Loyalty</a>'
    >>> linked('<a data-chapter="60_tiers">Tiers</a>', {})
    ''
    """

    def address(match: re.Match[str]) -> str:
        page = pages.get(match[1])
        return f'<a href="{escape(page)}">{match[2]}</a>' if page else ""

    return re.sub(r'<a data-chapter="([^"]+)">(.*?)</a>', address, html)


def _link(to: tuple[str, Message] | None, language: Language) -> str:
    return "" if to is None else f'<a data-chapter="{escape(to[0])}">{escape(to[1].text(language))}</a>'


def _foot(
    numbers: Result | pd.DataFrame | None,
    columns: Mapping[str, Column] | None,
    title: Message,
    to: tuple[str, Message] | None,
    language: Language,
    level: float | None,
) -> str:
    fold = ""
    if numbers is not None:
        rows = numbers.shown_table(language) if isinstance(numbers, Result) else numbers
        own = numbers.columns if isinstance(numbers, Result) else {}
        notes = [n.message for n in numbers.notes] if isinstance(numbers, Result) else []
        named = {**COLUMNS, **own, **(columns or {})}
        shown = html_table(rows, caption=title, columns=named, notes=notes, language=language, level=level)
        hidden = f'<span class="unseen">: {escape(title.text(language))}</span>'
        fold = f'<details class="numbers"><summary>{escape(NUMBERS.text(language))}{hidden}</summary>{shown}</details>'
    link = _link(to, language)
    return f'<div class="foot">{fold}{link}</div>' if fold or link else ""
