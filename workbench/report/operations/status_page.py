"""The page that tells how studies stand: their waves, and a time line of the last runs."""

from __future__ import annotations

import datetime as dt
from html import escape
from pathlib import Path

import pandas as pd

from workbench.core.language import LANGUAGES, Language, format_value, message
from workbench.core.names import COLUMNS
from workbench.core.tables import html_table
from workbench.report.operations.record import RunRecord, read_records
from workbench.report.operations.status import Status, status_of_all
from workbench.report.site.index import INDEX, STATUS_PAGE, WORDS, language_links, write_page_once
from workbench.report.site.render import STYLE, template

MOST_RUNS = 10
SHOWN = ("study", "wave", "as_of", "status", "made", "last_run", "failed", "waiting", "unsigned", "disk_mb")
RUNS = message("The last runs: how long each took, and its longest chapters")


def write_status_pages(study: Path, reports: Path) -> None:
    """Write the page of a study's state beside the index, in both languages.

    Parameters
    ----------
    study
        The study's folder.
    reports
        Folder of the site.

    Notes
    -----
    Pages are passed on, so what a fault said, with its paths, stands in the records and in ``workbench status`` only.
    """
    found = status_of_all(study, reports=reports, now=dt.datetime.now().astimezone(), runs=MOST_RUNS)
    records = read_records(study, most=MOST_RUNS)
    for language in LANGUAGES:
        write_page_once(reports / STATUS_PAGE[language], status_page(found, records, language))


def status_page(status: Status, records: list[RunRecord], language: Language) -> str:
    """Return the page in one language, before it is given its style."""
    waves = html_table(
        status.shown_table(language)[list(SHOWN)],
        caption=Status.caption,
        columns={**COLUMNS, **Status.columns},
        language=language,
        notes=[n.message for n in status.notes],
        row_headers=2,
    )
    words = {"title": Status.caption, "home": WORDS["title"], "languages": WORDS["languages"]}
    return template("status.html.j2").render(
        css=STYLE,
        language=language,
        words={k: m.text(language) for k, m in words.items()},
        home=INDEX[language],
        languages=language_links(language, STATUS_PAGE),
        waves=waves,
        runs=_runs(records, language) if records else "",
    )


def _runs(records: list[RunRecord], language: Language) -> str:
    longest = max(_seconds(r) for r in records) or 1.0
    rows = "".join(_run(r, longest, language) for r in records)
    heads = (Status.columns["started"].label, Status.columns["seconds"].label, Status.columns["exit_code"].label)
    named = "".join(f'<th scope="col">{escape(h.text(language))}</th>' for h in heads)
    last = escape(message("Longest chapters").text(language))
    return (
        '<figure class="table"><div class="scroll" tabindex="0" role="region" '
        f'aria-label="{escape(RUNS.text(language))}">'
        f"<table><caption>{escape(RUNS.text(language))}</caption><thead><tr>{named}"
        f'<th scope="col">{last}</th></tr></thead><tbody>{rows}</tbody></table></div></figure>'
    )


def _run(record: RunRecord, longest: float, language: Language) -> str:
    seconds = _seconds(record)
    shown = format_value(seconds, "dec1", language)
    bar = f'<meter min="0" max="{longest:.1f}" value="{seconds:.1f}" aria-hidden="true"></meter>'
    chapters = pd.Series(
        {
            f"{wave}/{name}": told["seconds"]
            for wave, state in record.waves.items()
            for name, told in state.get("chapters", {}).items()
            if "seconds" in told
        },
        dtype=float,
    )
    top = ", ".join(f"{n} {format_value(float(s), 'dec1', language)}" for n, s in chapters.nlargest(3).items())
    return (
        f'<tr><th scope="row">{escape(record.started[:16].replace("T", " "))}</th>'
        f'<td class="number">{shown} {bar}</td><td class="number">{record.exit_code}</td><td>{escape(top)}</td></tr>'
    )


def _seconds(record: RunRecord) -> float:
    if not record.ended:
        return 0.0
    began, ended = dt.datetime.fromisoformat(record.started), dt.datetime.fromisoformat(record.ended)
    return max(0.0, (ended - began).total_seconds())
