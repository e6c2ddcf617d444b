"""Chapter 55 on its page: tables with letters, and where the workbook lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from workbench.core.language import LANGUAGES, Language, message, plural, use_language
from workbench.core.results import Note
from workbench.report.chapters.tables.words import finding_of, trend_finding_of
from workbench.report.site.blocks import Block, figure, shown_csv
from workbench.tabulation import Tabulation, Trend
from workbench.tabulation.standing_out import standing_out


def shown_tables(tables: Mapping[str, Tabulation], names: Sequence[str], numbers: Mapping[str, int]) -> list[Block]:
    """Return tables as they stand on a page, each with its number."""
    return [shown_table(tables[name], name, numbers[name]) for name in names]


def shown_table(table: Tabulation, name: str, number: int) -> Block:
    """Return one table as it stands on a page; it scrolls by itself where it is wide."""
    ((_, (label, _)),) = table.row_labels.items()
    html = {}
    for language in LANGUAGES:
        said = label if isinstance(label, str) else label.text(language)
        found = finding_html(table, language)
        with use_language(language):
            body = table.to_html(language)
        html[language] = (
            f'<figure id="t{number:03d}" class="table"><div class="scroll" tabindex="0" role="region" '
            f'aria-label="{escape(said)}"><p><strong>T{number:03d} {escape(said)}</strong></p>'
            f"{found}{body}</div></figure>"
        )
    return Block("table", f"t{number:03d}-{name}", html, shown_csv(table.table))


def finding_html(table: Tabulation, language: Language) -> str:
    """Return the sentence above a table: what stands out in it, or that nothing does; empty where nothing was tested.

    The row and group it is about stand beside it for those who draw it.
    """
    found = standing_out(table)
    finding = None if found is None else finding_of(table, found)
    if found is None or finding is None or not finding.is_said:
        return ""
    about = f' data-row="{found.place}" data-group="{escape(found.group)}"' if finding.claim == "difference" else ""
    said = escape(finding.text.text(language))
    return f'<p class="finding" data-finding="{escape(finding.id)}"{about}>{said}</p>'


def shown_trends(trends: Mapping[str, Trend], numbers: Mapping[str, int]) -> list[Block]:
    """Return questions over waves as they stand on a page: a picture and a table for each, with the table's number."""
    return [b for name, trend in trends.items() for b in shown_trend(trend, name, numbers[name])]


def shown_trend(trend: Trend, name: str, number: int) -> list[Block]:
    """Return one question over waves: a line with its interval for each column, and the numbers with arrows."""
    ((question, (label, _)),) = trend.row_labels.items()
    row = trend.headlines(question)[0]
    address = f"t{number:03d}-waves"
    caption = message(
        "T{number} {question}: {row}, the total as the thin line", number=f"{number:03d}", question=label, row=row
    )
    alt = message(
        "{question} over {n:int} waves, a line with its interval for each group.", question=label, n=len(trend.waves)
    )
    drawn = figure(lambda language: trend.plot(language), f"{address}-lines", caption, alt=alt)
    finding = trend_finding_of(trend, question)
    html = {}
    for language in LANGUAGES:
        said = label if isinstance(label, str) else label.text(language)
        with use_language(language):
            body = trend.to_html(language)
        text = finding.text.text(language) if finding is not None and finding.is_said else ""
        told = (
            f'<p class="finding" data-finding="{escape(str(finding and finding.id))}">{escape(text)}</p>'
            if text
            else ""
        )
        html[language] = (
            f'<figure id="{address}" class="table" data-row="{escape(row)}"><div class="scroll" tabindex="0" '
            f'role="region" aria-label="{escape(said)}">{told}{body}</div></figure>'
        )
    return [drawn, Block("table", f"{address}-{name}", html, shown_csv(trend.table))]


def no_trends_note() -> Note:
    """Say how a question is asked for over waves."""
    return Note(message("No question is asked for over waves; 'waves: 8' at a table of 'crosstabs:' does."))


def workbook_note(files: Sequence[str], tables: int) -> Note:
    """Say how many tables the workbook has, and where it lies."""
    return Note(
        plural(
            "{n:int} table is in the workbook, in the folder 'exports' of the wave: {files}.",
            "{n:int} tables are in the workbook, in the folder 'exports' of the wave: {files}.",
            n=tables,
            files=", ".join(files),
        )
    )


def hidden_note(least: int) -> Note:
    """Say that columns of very few people are not shown."""
    return Note(
        message("Columns with fewer than {n:int} answers are not shown, nor what they could be told from.", n=least)
    )
